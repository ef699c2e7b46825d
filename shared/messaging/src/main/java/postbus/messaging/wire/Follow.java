package postbus.messaging.wire;

import io.vertx.core.json.JsonObject;
import java.util.Objects;

/**
 * "What events are there after this position?" The relay answers with {@link Followed} as soon as there are some, or
 * else after {@link #WAIT_MAX_MS}.
 *
 * @param after {@link #NOW} to be told only the last position, at once
 */
public record Follow(long after) {
    public static final long NOW = -1;

    /** Milliseconds. Whoever asks had better wait a little longer. */
    public static final int WAIT_MAX_MS = 2_000;

    public JsonObject toJson() {
        return new JsonObject().put("after", after);
    }

    public static Follow of(JsonObject json) {
        return new Follow(Objects.requireNonNull(json.getLong("after"), "after"));
    }
}
