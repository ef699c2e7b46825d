package postbus.shop.fuzz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.SchemaRepository;
import io.vertx.json.schema.Validator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** An OpenAPI file, references resolved. */
final class Contract {
    private static final Set<String> METHODS =
            Set.of("get", "put", "post", "delete", "patch", "head", "options", "trace");

    private final SchemaRepository schemas = SchemaRepository.create(new JsonSchemaOptions()
            .setBaseUri("app://")
            .setDraft(Draft.DRAFT202012)
            .setOutputFormat(OutputFormat.Basic));
    private final Map<JsonObject, Validator> validators = Collections.synchronizedMap(new IdentityHashMap<>());
    private final JsonObject whole;
    private final List<Operation> operations = new ArrayList<>();

    Contract(String yaml) {
        var contract = parse(yaml);
        schemas.dereference(JsonSchema.of(contract));
        whole = schemas.resolve(contract);
        var paths = whole.getJsonObject("paths");
        names(paths).forEach(path -> {
            var at = paths.getJsonObject(path);
            names(at)
                    .filter(METHODS::contains)
                    .forEach(method -> operations.add(operation(method, path, at, at.getJsonObject(method))));
        });
    }

    private static JsonObject parse(String yaml) {
        try {
            return new JsonObject(new YAMLMapper().readValue(yaml, new TypeReference<Map<String, Object>>() {}));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the contract is not YAML", e);
        }
    }

    private static Operation operation(String method, String path, JsonObject at, JsonObject operation) {
        var parameters = new ArrayList<JsonObject>();
        Stream.of(at, operation)
                .flatMap(part -> part.getJsonArray("parameters", new JsonArray()).stream())
                .forEach(parameter -> parameters.add((JsonObject) parameter));
        var body = operation.containsKey("requestBody")
                ? operation
                        .getJsonObject("requestBody")
                        .getJsonObject("content")
                        .getJsonObject("application/json")
                        .getJsonObject("schema")
                : null;
        return new Operation(
                operation.getString("operationId"),
                method.toUpperCase(Locale.ROOT),
                path,
                parameters,
                body,
                operation.getJsonObject("responses"));
    }

    List<Operation> operations() {
        return operations;
    }

    JsonObject schema(String name) {
        return whole.getJsonObject("components").getJsonObject("schemas").getJsonObject(name);
    }

    /** Whether some operation asks who calls. */
    boolean hasSecurity() {
        return whole.getJsonObject("components").containsKey("securitySchemes");
    }

    /** What is wrong with a value; empty when it fits. */
    List<String> violations(JsonObject schema, Object value) {
        var validator = validators.computeIfAbsent(schema, one -> schemas.validator(JsonSchema.of(one)));
        var errors = validator.validate(value).getErrors();
        return errors == null
                ? List.of()
                : errors.stream().map(Contract::text).distinct().toList();
    }

    private static String text(OutputUnit error) {
        return error.getInstanceLocation() + ": " + error.getError();
    }

    /** Without what the validator notes down in everything that it takes for a schema. */
    static Stream<String> names(JsonObject object) {
        return object.fieldNames().stream().filter(name -> !name.startsWith("__"));
    }
}
