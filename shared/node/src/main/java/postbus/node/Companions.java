package postbus.node;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who was in the cluster with a member and went without a word. When those are more than the ones who are still there, it
 * is rather this one that is cut off: its requests would find nobody. Thread-safe.
 */
final class Companions {
    /** Who did not come back within this time is not missed any more: it was switched off, or crashed for good. */
    static final Duration MISSED_FOR = Duration.ofMinutes(5);

    private static final int LEAVING_MAX = 10_000;

    private final LongSupplier nanoTime;
    private final Set<String> leaving = ConcurrentHashMap.newKeySet();
    private final Map<String, Long> missedSinceNanos = new ConcurrentHashMap<>();

    /** @param nanoTime a clock for measuring, as {@link System#nanoTime} */
    Companions(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** It said that it is about to end. */
    void leaves(String node) {
        if (leaving.size() < LEAVING_MAX) {
            leaving.add(node);
        }
    }

    /** It is no member any more. */
    void removed(String node) {
        if (!leaving.remove(node)) {
            missedSinceNanos.put(node, nanoTime.getAsLong());
        }
    }

    /** @param present all members, this one included */
    @Nullable
    String problem(Collection<String> present) {
        missedSinceNanos.keySet().removeAll(present);
        var now = nanoTime.getAsLong();
        missedSinceNanos.values().removeIf(since -> now - since > MISSED_FOR.toNanos());
        int missed = missedSinceNanos.size();
        return missed <= present.size()
                ? null
                : "cut off from " + missed + " of " + (missed + present.size()) + " members";
    }
}
