package postbus.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.platform.commons.support.ReflectionSupport;
import postbus.messaging.MessageType;
import postbus.messaging.Type;
import postbus.schemas.ContractTests;

/** After a change that is meant, run this with {@code -Dpostbus.schemas.write=true}; docs/evolving-messages.md says more. */
class SchemasTest {
    @TestFactory
    Stream<DynamicNode> contracts() {
        return ContractTests.of("postbus.contracts", Path.of("src/main/resources/postbus/contracts/schemas"));
    }

    @Test
    void a_service_has_its_contracts_in_a_package_of_its_name() {
        var contracts = ReflectionSupport.findAllClassesInPackage(
                "postbus.contracts", type -> type.isAnnotationPresent(Type.class), name -> true);
        assertThat(contracts)
                .isNotEmpty()
                .allSatisfy(type -> assertThat(type.getPackageName())
                        .isEqualTo("postbus.contracts." + MessageType.of(type).service()));
    }
}
