package postbus.messaging;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which services are split by key, and into how many shards. A shard is a source of its own, {@code ordering-0}: a schema,
 * an outbox, a ledger, a relay, a subscription. Its types are still those of {@code ordering}.
 *
 * <p>Where a key belongs is a matter of the key and of these rules alone, so every node that has the same rules sends it to
 * the same shard: bytes 1 to 4 of its SHA-256, as an unsigned number, modulo the number of shards. (Byte 0 chooses the
 * lane; the same byte for both would leave lanes empty.) Rules may change at an instant: a key that is an id with the time
 * it was made (UUID version 7) stays where the rules of that time put it, for ever; any other key is wanted where the rules
 * of now say.
 *
 * <p>Immutable, thread-safe.
 */
public final class Shards {
    /** Nothing is split. */
    public static final Shards NONE = new Shards(Map.of(), InstantSource.system());

    /** Most shards of one service. */
    public static final int COUNT_MAX = 64;

    private static final Pattern SHARD = Pattern.compile("(.+)-(0|[1-9][0-9]?)");
    private static final Pattern RULE = Pattern.compile("([^:@]+):([1-9][0-9]?)(?:@(.+))?");

    private final Map<String, List<Rule>> rules;
    private final InstantSource clock;

    private record Rule(Instant since, int count) {}

    private Shards(Map<String, List<Rule>> rules, InstantSource clock) {
        this.rules = Map.copyOf(rules);
        this.clock = clock;
    }

    /**
     * Reads rules such as {@code ordering:2}, or {@code ordering:2@2026-12-01T00:00:00Z} for a service that was not split
     * before that; each further rule of a service has a later instant. Anything else is an
     * {@link IllegalArgumentException}.
     *
     * @param clock says which rules are those of now
     */
    public static Shards parse(List<String> texts, InstantSource clock) {
        var rules = new HashMap<String, List<Rule>>();
        for (var text : texts) {
            var matcher = RULE.matcher(text);
            if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > COUNT_MAX) {
                throw new IllegalArgumentException(
                        "not a rule of shards (service:count or service:count@instant, count 1 to " + COUNT_MAX + "): '"
                                + text + "'");
            }
            var service = MessageType.requireServiceName(matcher.group(1));
            if (!serviceOf(service).equals(service)) {
                throw new IllegalArgumentException("a shard is not split again: '" + text + "'");
            }
            var ofService = rules.computeIfAbsent(service, first -> new ArrayList<>());
            var since = matcher.group(3) == null ? Instant.MIN : instant(matcher.group(3));
            if (!ofService.isEmpty()
                    && !since.isAfter(ofService.get(ofService.size() - 1).since())) {
                throw new IllegalArgumentException(
                        "'" + text + "' is not later than the rule of " + service + " before it");
            }
            ofService.add(new Rule(since, Integer.parseInt(matcher.group(2))));
        }
        rules.replaceAll((service, ofService) -> List.copyOf(ofService));
        return new Shards(rules, clock);
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("not an instant such as 2026-12-01T00:00:00Z: '" + text + "'");
        }
    }

    /** The source that has this key: the service itself where it is not split. */
    public String of(String service, String key) {
        var ofService = rules.get(service);
        if (ofService == null) {
            return service;
        }
        var made = madeAt(key);
        var rule = at(ofService, made == null ? clock.instant() : made);
        return rule == null ? service : service + "-" + hash(key) % rule.count();
    }

    private static @Nullable Rule at(List<Rule> rules, Instant instant) {
        Rule found = null;
        for (var rule : rules) {
            if (!rule.since().isAfter(instant)) {
                found = rule;
            }
        }
        return found;
    }

    /** When a key was made, if it tells. */
    private static @Nullable Instant madeAt(String key) {
        if (key.length() != 36) {
            return null;
        }
        try {
            var id = UUID.fromString(key);
            return id.version() == 7 ? Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static long hash(String key) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return Integer.toUnsignedLong(ByteBuffer.wrap(digest).getInt(1));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /** Whether this source is where the key belongs. */
    public boolean owns(String source, String key) {
        return of(serviceOf(source), key).equals(source);
    }

    /** Every source that a service is, was or will be by these rules, in order. */
    public List<String> sourcesOf(String service) {
        var ofService = rules.get(service);
        if (ofService == null) {
            return List.of(service);
        }
        int most = ofService.stream()
                .map(Rule::count)
                .max(Comparator.naturalOrder())
                .orElse(0);
        var shards = IntStream.range(0, most).mapToObj(nth -> service + "-" + nth);
        return (ofService.get(0).since().equals(Instant.MIN) ? shards : Stream.concat(Stream.of(service), shards))
                .toList();
    }

    /** The services there are rules for. */
    public Set<String> services() {
        return rules.keySet();
    }

    /**
     * Whose shard a source is; of any other source, itself. By its name alone, so that whoever subscribes to a service
     * hears of every shard of it, also of one that was added since.
     */
    public static String serviceOf(String source) {
        var matcher = SHARD.matcher(source);
        return matcher.matches() ? matcher.group(1) : source;
    }
}
