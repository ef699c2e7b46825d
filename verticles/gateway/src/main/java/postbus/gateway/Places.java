package postbus.gateway;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;

/**
 * How far a client has come in each source: the id of its events, such as {@code inventory=4,ordering=17}. Who sends it
 * back gets what comes after. Event loop.
 */
final class Places {
    private static final Pattern TEXT = Pattern.compile("[a-z][a-z0-9-]*=[0-9]{1,18}(,[a-z][a-z0-9-]*=[0-9]{1,18})*");

    private final Map<String, Long> bySource = new TreeMap<>();

    /**
     * @param text null for none
     * @param field where it came from
     */
    static Places parse(@Nullable String text, String field) {
        var places = new Places();
        if (text == null || text.isEmpty()) {
            return places;
        }
        if (!TEXT.matcher(text).matches()) {
            throw new Refusal(
                    Problem.INVALID,
                    "must be what an answer named, such as inventory=4,ordering=17, is '" + text + "'",
                    field);
        }
        for (var part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            places.put(part.substring(0, equals), Long.parseLong(part.substring(equals + 1)));
        }
        return places;
    }

    /** The last position of a source that the client has; null when it has none. */
    @Nullable
    Long get(String source) {
        return bySource.get(source);
    }

    void put(String source, long position) {
        bySource.put(source, position);
    }

    boolean isEmpty() {
        return bySource.isEmpty();
    }

    @Override
    public String toString() {
        return bySource.entrySet().stream()
                .map(place -> place.getKey() + "=" + place.getValue())
                .collect(Collectors.joining(","));
    }
}
