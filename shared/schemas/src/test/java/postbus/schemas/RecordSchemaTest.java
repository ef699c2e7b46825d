package postbus.schemas;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/** Of everything a contract can hold, the schema says what is written and read. */
class RecordSchemaTest {
    @TestFactory
    Stream<DynamicNode> everything() {
        return ContractTests.of("postbus.schemas.samples", Path.of("src/test/resources/postbus/schemas"));
    }
}
