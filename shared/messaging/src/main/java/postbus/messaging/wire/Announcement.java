package postbus.messaging.wire;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * "This subscription is here, wants these, and has come this far."
 *
 * @param commandsFor the service whose commands it takes; null when it takes none
 * @param eventTypes the events it knows of this source; it is given every version of them
 * @param cursors by lane
 */
public record Announcement(
        String subscription, @Nullable String commandsFor, Set<String> eventTypes, List<Long> cursors) {

    public JsonObject toJson() {
        var types = new JsonArray();
        eventTypes.stream().sorted().forEach(types::add);
        return new JsonObject()
                .put("subscription", subscription)
                .put("commandsFor", commandsFor)
                .put("eventTypes", types)
                .put("cursors", new JsonArray(cursors));
    }

    public static Announcement of(JsonObject json) {
        var types = json.getJsonArray("eventTypes").stream()
                .map(String.class::cast)
                .collect(Collectors.toUnmodifiableSet());
        return new Announcement(
                json.getString("subscription"),
                json.getString("commandsFor"),
                types,
                RelayHello.longs(json.getJsonArray("cursors")));
    }
}
