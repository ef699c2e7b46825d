package postbus.shop.fuzz;

import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An operation of a contract, as a client reads it.
 *
 * @param path a template such as {@code /orders/{orderId}}
 * @param body schema of what it takes; null when it takes nothing
 * @param responses by status
 */
record Operation(
        String id,
        String method,
        String path,
        List<JsonObject> parameters,
        @Nullable JsonObject body,
        JsonObject responses) {

    /** Whether a request for it has anything that can be odd, but for what every request has. */
    boolean takesSomething() {
        return body != null || !parameters.isEmpty();
    }

    /** The schema of an answer; null when it is not documented. */
    @Nullable
    JsonObject answer(int status, String mediaType) {
        var content = responses
                .getJsonObject(String.valueOf(status), new JsonObject())
                .getJsonObject("content", new JsonObject())
                .getJsonObject(mediaType);
        return content == null ? null : content.getJsonObject("schema");
    }

    /** Whether it tells how this process is. */
    boolean isHealth() {
        return path.startsWith("/health/");
    }

    /** Whether its good answer goes on and on. */
    boolean isStream() {
        return responses.fieldNames().stream()
                .filter(status -> status.startsWith("2"))
                .map(status -> responses.getJsonObject(status).getJsonObject("content", new JsonObject()))
                .anyMatch(content -> content.containsKey("text/event-stream"));
    }
}
