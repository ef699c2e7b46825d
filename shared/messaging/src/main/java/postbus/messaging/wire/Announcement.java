package postbus.messaging.wire;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * "This subscription is here, wants these, and has come this far." Read of an older version, it is not paused.
 *
 * @param commandsFor the service whose commands it takes; null when it takes none
 * @param eventTypes the events it knows of this source; it is given every version of them
 * @param cursors by lane
 * @param isPaused it takes nothing for now
 */
public record Announcement(
        String subscription,
        @Nullable String commandsFor,
        Set<String> eventTypes,
        List<Long> cursors,
        boolean isPaused) {

    public Announcement {
        Objects.requireNonNull(subscription, "subscription");
        RelayHello.requireLanes(cursors);
    }

    /** Of one that is not paused. */
    public Announcement(String subscription, @Nullable String commandsFor, Set<String> eventTypes, List<Long> cursors) {
        this(subscription, commandsFor, eventTypes, cursors, false);
    }

    public JsonObject toJson() {
        var types = new JsonArray();
        eventTypes.stream().sorted().forEach(types::add);
        return new JsonObject()
                .put("subscription", subscription)
                .put("commandsFor", commandsFor)
                .put("eventTypes", types)
                .put("cursors", new JsonArray(cursors))
                .put("isPaused", isPaused);
    }

    public static Announcement of(JsonObject json) {
        var types = json.getJsonArray("eventTypes").stream()
                .map(String.class::cast)
                .collect(Collectors.toUnmodifiableSet());
        return new Announcement(
                json.getString("subscription"),
                json.getString("commandsFor"),
                types,
                RelayHello.longs(json.getJsonArray("cursors")),
                json.getBoolean("isPaused", false));
    }
}
