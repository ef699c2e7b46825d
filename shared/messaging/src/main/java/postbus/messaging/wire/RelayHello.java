package postbus.messaging.wire;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * "I am the active relay of this source."
 *
 * @param term differs each time a relay becomes active, so that subscribers notice a new one
 * @param heads last position of each lane, by lane
 * @param pruned by lane: what comes after this position is kept, what was up to it is deleted
 */
public record RelayHello(String source, String term, List<Long> heads, List<Long> pruned) {
    private static final int LANES_MAX = 256;

    public RelayHello {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(term, "term");
        requireLanes(heads);
        requireLanes(pruned);
    }

    static void requireLanes(List<Long> positions) {
        if (positions.isEmpty() || positions.size() > LANES_MAX) {
            throw new IllegalArgumentException("1 to " + LANES_MAX + " lanes, not " + positions.size());
        }
    }

    public JsonObject toJson() {
        return new JsonObject()
                .put("source", source)
                .put("term", term)
                .put("heads", new JsonArray(heads))
                .put("pruned", new JsonArray(pruned));
    }

    /** A relay of an older version does not say what is deleted: it deletes nothing. */
    public static RelayHello of(JsonObject json) {
        var heads = longs(json.getJsonArray("heads"));
        var pruned = json.getJsonArray("pruned");
        return new RelayHello(
                json.getString("source"),
                json.getString("term"),
                heads,
                pruned == null ? Collections.nCopies(heads.size(), 0L) : longs(pruned));
    }

    static List<Long> longs(JsonArray array) {
        return array.stream().map(number -> ((Number) number).longValue()).toList();
    }
}
