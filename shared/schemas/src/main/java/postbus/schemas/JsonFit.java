package postbus.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.Validator;
import java.util.List;
import java.util.Objects;

/** Whether JSON fits a schema, as a validator of JSON Schema sees it that is not ours. */
final class JsonFit {
    private final Validator validator;

    JsonFit(ObjectNode schema) {
        validator = Validator.create(
                JsonSchema.of(new JsonObject(schema.toString())),
                new JsonSchemaOptions()
                        .setBaseUri("app://postbus/")
                        .setDraft(Draft.DRAFT202012)
                        .setOutputFormat(OutputFormat.Basic));
    }

    /** What does not fit; empty if all does. */
    List<String> complaints(JsonNode json) {
        var outcome = validator.validate(Json.decodeValue(json.toString()));
        if (Boolean.TRUE.equals(outcome.getValid())) {
            return List.of();
        }
        return Objects.requireNonNullElse(outcome.getErrors(), List.<io.vertx.json.schema.OutputUnit>of()).stream()
                .map(error -> error.getInstanceLocation() + " " + error.getError())
                .toList();
    }

    boolean fits(JsonNode json) {
        return Boolean.TRUE.equals(
                validator.validate(Json.decodeValue(json.toString())).getValid());
    }
}
