package postbus.messaging.relay;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.ledger.Ledger;
import postbus.messaging.retention.Retention;

/**
 * Looks every few seconds how far behind each subscription is, also those that are away. Nothing is asked of the database
 * while nobody is behind; otherwise it is one statement on the readers' connections, which descends the ledger's index
 * for each lane that is. One for each term of leadership. Event loop.
 */
final class Lags {
    static final Duration EVERY = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(Lags.class);

    private static final Duration STATEMENT_MAX = Duration.ofSeconds(10);
    /** Lanes of subscriptions looked at together; those beyond are taken for up to date. */
    private static final int LANES_MAX = 2_000;

    private final String source;
    private final Pool pool;
    private final Delivery delivery;
    private final Housekeeping housekeeping;
    private final Timers timers;
    /** Where each subscription was when it was last live. */
    private final Map<String, Delivery.Reached> lastLive = new HashMap<>();

    private List<Progress> progress = List.of();
    private boolean hasEnded;

    Lags(String source, Pool pool, Delivery delivery, Housekeeping housekeeping, Timers timers) {
        this.source = source;
        this.pool = pool;
        this.delivery = delivery;
        this.housekeeping = housekeeping;
        this.timers = timers;
    }

    void start() {
        look().onComplete(done -> {
            if (!hasEnded) {
                timers.after(EVERY, this::start);
            }
        });
    }

    void end() {
        hasEnded = true;
    }

    /** As of the last look. */
    List<Progress> progress() {
        return progress;
    }

    private Future<?> look() {
        var live = delivery.reached();
        var all = new TreeMap<>(live);
        for (var registered : housekeeping.registered()) {
            all.computeIfAbsent(
                    registered.name(), name -> lastLive.getOrDefault(name, Delivery.Reached.of(registered.cursors())));
        }
        lastLive.keySet().retainAll(all.keySet());
        lastLive.putAll(live);
        var heads = delivery.heads();
        var lagging = new ArrayList<Ledger.Place>();
        all.values().forEach(reached -> lagging.addAll(reached.behind(heads)));
        return behind(lagging.subList(0, Math.min(lagging.size(), LANES_MAX)))
                .onSuccess(found -> progress = all.entrySet().stream()
                        .map(each ->
                                progress(each.getKey(), live.containsKey(each.getKey()), each.getValue(), heads, found))
                        .toList())
                .onFailure(failure -> LOG.debug("lag.unknown source={}, looked at again soon", source, failure));
    }

    private Future<Map<Ledger.Place, Ledger.Behind>> behind(List<Ledger.Place> lagging) {
        return lagging.isEmpty() || hasEnded
                ? Future.succeededFuture(Map.of())
                : timers.within(STATEMENT_MAX, Ledger.behind(pool, lagging, Retention.BEHIND_COUNT_MAX));
    }

    private Progress progress(
            String name,
            boolean isLive,
            Delivery.Reached reached,
            List<Long> heads,
            Map<Ledger.Place, Ledger.Behind> found) {
        var lanes = new ArrayList<Progress.Lane>(heads.size());
        Iterator<Long> cursors = reached.cursors().iterator();
        for (int lane = 0; lane < heads.size() && cursors.hasNext(); lane++) {
            var behind =
                    found.getOrDefault(new Ledger.Place(lane, reached.scanned().get(lane)), Ledger.Behind.NOTHING);
            lanes.add(new Progress.Lane(lane, cursors.next(), heads.get(lane), behind.messages(), behind.since()));
        }
        return new Progress(name, isLive, reached.isPaused(), housekeeping.silence(name), lanes);
    }
}
