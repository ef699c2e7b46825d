package postbus.shop.asyncapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.Command;
import postbus.messaging.Event;
import postbus.messaging.Message;
import postbus.shop.ShopServices;

@Timeout(90)
class AsyncApiTest {
    private static final Path KEPT = Path.of("../gateway/src/main/resources/postbus/gateway/asyncapi.yaml");
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .enable(YAMLGenerator.Feature.LITERAL_BLOCK_STYLE)
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .build();

    private static ObjectNode document;

    @BeforeAll
    static void make() {
        var product = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("postbus");
        var types = new ArrayList<Class<? extends Message>>();
        for (var type : product) {
            if (type.getPackageName().startsWith("postbus.contracts.")
                    && (type.isAssignableTo(Event.class) || type.isAssignableTo(Command.class))) {
                types.add(type.reflect().asSubclass(Message.class));
            }
        }
        assertThat(types).hasSizeGreaterThan(25);
        var traffic = Traffic.of(ShopServices.ALL, product);
        document = new AsyncApi(traffic, new Sources(Path.of("../../shared/contracts/src/main/java"))).document(types);
    }

    @Test
    void the_kept_document_is_what_contracts_and_services_say() throws IOException {
        var made = YAML.writeValueAsString(document);
        if (Boolean.getBoolean("postbus.asyncapi.write")) {
            Files.writeString(KEPT, made);
        }
        assertThat(Files.exists(KEPT) ? Files.readString(KEPT) : "")
                .as("a contract or a subscription changed: run this test with -Dpostbus.asyncapi.write=true and check "
                        + "asyncapi.yaml in")
                .isEqualTo(made);
    }

    @Test
    void it_is_valid_as_AsyncAPI_3_has_it() throws IOException {
        assertThat(complaints(document)).isEmpty();
    }

    @Test
    void what_AsyncAPI_3_does_not_have_is_found() throws IOException {
        var spoilt = document.deepCopy();
        spoilt.withObject("/operations/ordering-publishes-ordering.order-placed.v1")
                .put("action", "shout");
        assertThat(complaints(spoilt)).isNotEmpty();
    }

    @Test
    void every_reference_leads_somewhere() {
        var references = document.findValuesAsText("$ref");
        assertThat(references)
                .isNotEmpty()
                .allSatisfy(reference -> assertThat(
                                document.at(reference.substring(1)).isObject())
                        .as(reference)
                        .isTrue());
    }

    @Test
    void it_tells_who_takes_part_in_an_order() {
        var operations = document.get("operations");
        assertThat(operations.fieldNames())
                .toIterable()
                .contains(
                        "gateway-asks-for-ordering.place-order.v1",
                        "ordering-answers-ordering.place-order.v1",
                        "ordering-publishes-ordering.order-placed.v1",
                        "ordering-sends-inventory.reserve-stock.v1",
                        "inventory-carries-out-inventory.reserve-stock.v1",
                        "inventory-publishes-inventory.stock-reserved.v1",
                        "ordering-subscribes-to-inventory.stock-reserved.v1",
                        "shipping-subscribes-to-ordering.order-paid.v1");
    }

    private static List<String> complaints(ObjectNode document) throws IOException {
        var options = new JsonSchemaOptions()
                .setBaseUri("https://postbus.invalid/")
                .setDraft(Draft.DRAFT7)
                .setOutputFormat(OutputFormat.Basic);
        try (var file = AsyncApiTest.class.getResourceAsStream("asyncapi-3.0.0.json")) {
            var text = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
            var schema = JsonSchema.of(new JsonObject(text));
            var json = new ObjectMapper().writeValueAsString(document);
            var unit = Validator.create(schema, options).validate(new JsonObject(json));
            return Boolean.TRUE.equals(unit.getValid())
                    ? List.of()
                    : Objects.requireNonNull(unit.getErrors()).stream()
                            .map(error -> error.getInstanceLocation() + ": " + error.getError())
                            .toList();
        }
    }
}
