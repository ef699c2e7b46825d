package postbus.messaging.wire;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * "I am the active relay of this source."
 *
 * @param term differs each time a relay becomes active, so that subscribers notice a new one
 * @param heads last position of each lane, by lane
 */
public record RelayHello(String source, String term, List<Long> heads) {
    public JsonObject toJson() {
        return new JsonObject().put("source", source).put("term", term).put("heads", new JsonArray(heads));
    }

    public static RelayHello of(JsonObject json) {
        return new RelayHello(json.getString("source"), json.getString("term"), longs(json.getJsonArray("heads")));
    }

    static List<Long> longs(JsonArray array) {
        return array.stream().map(number -> ((Number) number).longValue()).toList();
    }
}
