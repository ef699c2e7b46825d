package postbus.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import postbus.messaging.Event;
import postbus.messaging.MessageType;

class IntegrationEventsTest {
    @Test
    void the_list_has_every_event_of_the_contracts() {
        var events = new ClassFileImporter()
                .importPackages("postbus.contracts").stream()
                        .filter(type -> type.isAssignableTo(Event.class))
                        .map(JavaClass::reflect)
                        .map(MessageType::of)
                        .collect(Collectors.toSet());
        assertThat(IntegrationEvents.TYPES).isNotEmpty().isEqualTo(events);
    }
}
