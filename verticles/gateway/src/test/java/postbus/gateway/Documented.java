package postbus.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.SchemaRepository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.stream.Stream;

/** The contract as a client reads it: whole, references resolved, responses included. */
final class Documented {
    static final JsonObject CONTRACT;

    private static final SchemaRepository SCHEMAS = SchemaRepository.create(new JsonSchemaOptions()
            .setBaseUri("app://")
            .setDraft(Draft.DRAFT202012)
            .setOutputFormat(OutputFormat.Basic));

    static {
        var contract = read();
        SCHEMAS.dereference(JsonSchema.of(contract));
        CONTRACT = SCHEMAS.resolve(contract);
    }

    private Documented() {}

    private static JsonObject read() {
        try (var file = Documented.class.getClassLoader().getResourceAsStream(Contract.FILE)) {
            return Contract.parse(Buffer.buffer(Objects.requireNonNull(file).readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Status, headers, media type and every field of an answer are as the operation says. */
    static void requireInContract(String method, String path, Api.Reply reply) {
        assertThat(reply.headers().firstValue("X-Correlation-Id")).isPresent();
        var problem = reply.status() >= 400 && reply.header("Content-Type").equals("application/problem+json");
        if (problem) {
            requireFits(
                    "Problem",
                    CONTRACT.getJsonObject("components")
                            .getJsonObject("schemas")
                            .getJsonObject("Problem"),
                    reply.json());
            assertThat(reply.json().getInteger("status")).isEqualTo(reply.status());
        }
        var operation = operation(method, path);
        if (operation == null) {
            assertThat(reply.status()).isIn(204, 404, 405);
            return;
        }
        var name = operation.getString("operationId") + " " + reply.status();
        var response = operation.getJsonObject("responses").getJsonObject(String.valueOf(reply.status()));
        assertThat(response).as(name + " is documented").isNotNull();
        names(response.getJsonObject("headers")).forEach(header -> reply.header(header));
        var mediaType = reply.header("Content-Type").replaceAll(";.*", "");
        var content = response.getJsonObject("content").getJsonObject(mediaType);
        assertThat(content).as(name + " in " + mediaType + " is documented").isNotNull();
        requireFits(
                name,
                content.getJsonObject("schema"),
                mediaType.endsWith("json") ? Json.decodeValue(reply.body()) : reply.body());
    }

    static void requireFits(String what, JsonObject schema, Object given) {
        var value = plain(given);
        var outcome = SCHEMAS.validator(JsonSchema.of(schema)).validate(value);
        assertThat(outcome.getErrors()).as(what + " " + value).isNullOrEmpty();
        requireNamed(what, schema, value);
    }

    /** A schema says nothing against fields it does not name; for what we send ourselves that is too little. */
    private static void requireNamed(String what, JsonObject schema, Object value) {
        if (value instanceof JsonObject object) {
            for (var field : object.fieldNames()) {
                var fields = schema.getJsonObject("properties", new JsonObject());
                var isNamed =
                        fields.containsKey(field) || schema.getValue("additionalProperties") instanceof JsonObject;
                assertThat(isNamed).as(what + " names " + field).isTrue();
                assertThat(object.getValue(field))
                        .as(what + " leaves out " + field)
                        .isNotNull();
                if (fields.containsKey(field)) {
                    requireNamed(what, fields.getJsonObject(field), object.getValue(field));
                }
            }
        } else if (value instanceof JsonArray list) {
            list.forEach(entry -> requireNamed(what, schema.getJsonObject("items"), entry));
        }
    }

    private static JsonObject operation(String method, String path) {
        var paths = CONTRACT.getJsonObject("paths");
        var plain = path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return names(paths)
                .filter(template -> plain.matches(template.replaceAll("\\{[^}]*}", "[^/]+")))
                // A path without parameters wins over one with them
                .min((a, b) -> Boolean.compare(a.contains("{"), b.contains("{")))
                .map(paths::getJsonObject)
                .map(found -> found.getJsonObject(method.toLowerCase(java.util.Locale.ROOT)))
                .orElse(null);
    }

    /** An example as it is written, without what the validator notes down in everything that it takes for a schema. */
    static Object plain(Object example) {
        return switch (example) {
            case JsonObject object -> {
                var copy = new JsonObject();
                names(object).forEach(name -> copy.put(name, plain(object.getValue(name))));
                yield copy;
            }
            case JsonArray list ->
                new JsonArray(list.stream().map(Documented::plain).toList());
            case null, default -> example;
        };
    }

    static Stream<String> names(JsonObject object) {
        return object == null ? Stream.of() : object.fieldNames().stream().filter(name -> !name.startsWith("__"));
    }
}
