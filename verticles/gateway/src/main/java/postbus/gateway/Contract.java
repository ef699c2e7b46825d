package postbus.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.MediaType;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.contract.Path;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The OpenAPI contract: as it is served, and as requests are checked against it.
 *
 * @param text the file, byte for byte
 * @param messages the AsyncAPI document of what services send each other, which the gateway only hands out
 * @param model what the file says, references resolved
 */
record Contract(Buffer text, Buffer messages, OpenAPIContract model) {
    static final String FILE = "postbus/gateway/openapi.yaml";
    static final String MESSAGES_FILE = "postbus/gateway/asyncapi.yaml";

    /** Reads the file from the class path; one that is no OpenAPI 3.1 contract fails. */
    static Future<Contract> load(Vertx vertx) {
        var files = vertx.fileSystem();
        var text = files.readFile(FILE);
        var messages = files.readFile(MESSAGES_FILE);
        return Future.all(text, messages)
                .compose(read -> OpenAPIContract.from(vertx, forRouter(parse(text.result()))))
                .map(model -> new Contract(text.result(), messages.result(), model));
    }

    /** The file, for whoever asks. */
    Answer asAnswer() {
        return Answer.of(200, "application/yaml", text);
    }

    /** The file about messages, for whoever asks. */
    Answer messagesAsAnswer() {
        return Answer.of(200, "application/yaml", messages);
    }

    static JsonObject parse(Buffer text) {
        try {
            return new JsonObject(new YAMLMapper()
                    .readValue(text.toString(StandardCharsets.UTF_8), new TypeReference<Map<String, Object>>() {}));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(FILE + " is not YAML: " + e.getOriginalMessage(), e);
        }
    }

    /**
     * vertx-openapi 5.0.10 refuses a contract whose responses have a media type it could not validate, such as {@code
     * application/problem+json}. Responses are not validated here, so their content is left out for it.
     */
    private static JsonObject forRouter(JsonObject contract) {
        var responses = Stream.concat(
                objects(contract.getJsonObject("components").getJsonObject("responses")),
                objects(contract.getJsonObject("paths"))
                        .flatMap(Contract::objects)
                        .filter(operation -> operation.containsKey("responses"))
                        .flatMap(operation -> objects(operation.getJsonObject("responses"))));
        responses
                .filter(response -> response.containsKey("content"))
                .map(response -> response.getJsonObject("content"))
                .forEach(content -> content.fieldNames().removeIf(type -> !MediaType.isMediaTypeSupported(type)));
        return contract;
    }

    private static Stream<JsonObject> objects(JsonObject parent) {
        return parent.fieldNames().stream()
                .map(parent::getValue)
                .filter(JsonObject.class::isInstance)
                .map(JsonObject.class::cast);
    }

    /** What can be done with what is at this path, in alphabetical order; empty when nothing is there. */
    List<String> methods(String path) {
        Path found = model.findPath(path);
        return found == null
                ? List.of()
                : found.getOperations().stream()
                        .map(Operation::getHttpMethod)
                        .map(Object::toString)
                        .sorted()
                        .toList();
    }
}
