package postbus.messaging.relay;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.retention.Retention;
import postbus.messaging.wire.Announcement;

/**
 * What an active relay does beside delivering: writes down which subscriptions there are and how far they have come,
 * sets marks, deletes what is old, and reports subscriptions that are gone. One for each term of leadership; on the
 * readers' connections, one short statement after another, so that cuts and deliveries do not wait for it. All of it may
 * fail or be late without harm: then less is deleted. Event loop.
 */
final class Housekeeping {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

    /** How often cursors are written down, at most. */
    private static final Duration REGISTER_EVERY = Duration.ofSeconds(5);
    /** How often it is written down that a subscription is still there, if its cursors do not move. */
    private static final Duration HEARD_EVERY = Duration.ofMinutes(1);
    /** How often to warn of the same subscription. */
    private static final Duration WARN_EVERY = Duration.ofHours(1);
    /** So long into a term nobody is forgotten: perhaps all were down together, and are only now starting. */
    private static final Duration GRACE = Duration.ofHours(1);
    /** Between two batches of deletions. */
    private static final Duration PAUSE = Duration.ofMillis(20);
    /** Batches in a row before it looks at the subscriptions again. */
    private static final int BATCHES_MAX = 500;

    private static final Duration STATEMENT_MAX = Duration.ofSeconds(30);

    private final String source;
    private final Pool pool;
    private final Delivery delivery;
    private final Timers timers;
    private final RelayOptions options;
    private final Retention retention;
    private final long beganAtNanos;
    private final Map<String, Heard> heard = new HashMap<>();
    private final Map<String, Long> warnedAtNanos = new HashMap<>();
    private List<Retention.Registered> registered = List.of();
    private long registeredAtNanos;
    private boolean isRegistering;
    private boolean hasEnded;

    /** What was heard of a subscription, and what of it is written down. */
    private static final class Heard {
        /** Not yet written down; the lowest of several, since they may come out of order. */
        private @Nullable List<Long> cursors;

        private @Nullable List<Long> written;
        private long writtenAtNanos;
        private long atNanos;
    }

    Housekeeping(String source, Pool pool, Delivery delivery, Timers timers, RelayOptions options) {
        this.source = source;
        this.pool = pool;
        this.delivery = delivery;
        this.timers = timers;
        this.options = options;
        this.retention = new Retention(options.retention());
        this.beganAtNanos = timers.nanoTime();
    }

    void start() {
        timers.after(REGISTER_EVERY, this::registerAll);
        var every = options.retention().every();
        timers.after(every.compareTo(REGISTER_EVERY) < 0 ? every : REGISTER_EVERY, this::round);
    }

    void end() {
        hasEnded = true;
    }

    /** As of the last round. */
    List<Retention.Registered> registered() {
        return registered;
    }

    /** Since when a subscription was not heard of. */
    Duration silence(String name) {
        var state = heard.get(name);
        if (state != null) {
            return Duration.ofNanos(timers.nanoTime() - state.atNanos);
        }
        return registered.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .map(each -> each.silent().plusNanos(timers.nanoTime() - registeredAtNanos))
                .orElse(Duration.ZERO);
    }

    // Who is there

    void announced(Announcement announcement) {
        if (announcement.cursors().size() != delivery.lanes()) {
            return; // reported by Delivery
        }
        var state = heard.computeIfAbsent(announcement.subscription(), name -> new Heard());
        state.atNanos = timers.nanoTime();
        state.cursors = state.cursors == null ? announcement.cursors() : lower(state.cursors, announcement.cursors());
        if (state.written == null && !isRegistering) {
            register(); // a new one at once, so that what it is to get is kept from now on
        }
    }

    private static List<Long> lower(List<Long> some, List<Long> others) {
        var lower = new Long[some.size()];
        for (int lane = 0; lane < lower.length; lane++) {
            lower[lane] = Math.min(some.get(lane), others.get(lane));
        }
        return List.of(lower);
    }

    private void registerAll() {
        if (!hasEnded) {
            register().onComplete(done -> timers.after(REGISTER_EVERY, this::registerAll));
        }
    }

    private Future<?> register() {
        isRegistering = true;
        Future<?> done = Future.succeededFuture();
        for (var entry : heard.entrySet()) {
            done = done.compose(before -> register(entry.getKey(), entry.getValue()));
        }
        return done.onFailure(failure -> LOG.warn("subscription.unregistered source={}, tried again", source, failure))
                .otherwiseEmpty()
                .onSuccess(all -> isRegistering = false);
    }

    private Future<?> register(String subscription, Heard state) {
        var cursors = state.cursors;
        var isDue = timers.nanoTime() - state.writtenAtNanos >= HEARD_EVERY.toNanos();
        if (hasEnded || cursors == null || (cursors.equals(state.written) && !isDue)) {
            state.cursors = null;
            return Future.succeededFuture();
        }
        return statement(() -> retention.register(pool, subscription, cursors)).onSuccess(done -> {
            state.written = cursors;
            state.writtenAtNanos = timers.nanoTime();
            if (state.cursors == cursors) {
                state.cursors = null; // nothing was heard meanwhile
            }
        });
    }

    // What is kept

    private void round() {
        if (hasEnded) {
            return;
        }
        statement(() -> retention.mark(pool))
                .compose(marked -> forgetSilent())
                .compose(forgotten -> statement(() -> Retention.registered(pool)))
                .onSuccess(this::report)
                .compose(reported -> statement(() -> retention.lastOld(pool)))
                .compose(lastOld -> lastOld == null
                        ? Future.succeededFuture(false)
                        : prune(lastOld)
                                .compose(isMore -> statement(() -> retention.pruneMarks(pool))
                                        .map(done -> isMore)))
                .onComplete(done -> {
                    if (done.failed() && !hasEnded) {
                        LOG.warn("retention.failed source={}, tried again soon", source, done.cause());
                    }
                    var isMore = done.succeeded() && done.result();
                    timers.after(isMore ? PAUSE : options.retention().every(), this::round);
                });
    }

    private Future<?> forgetSilent() {
        var holdMax = options.retention().holdMax();
        if (holdMax == null) {
            return Future.succeededFuture();
        }
        var grace = holdMax.compareTo(GRACE) < 0 ? holdMax : GRACE;
        if (timers.nanoTime() - beganAtNanos < grace.toNanos()) {
            return Future.succeededFuture();
        }
        return statement(() -> retention.forgetSilent(pool))
                .onSuccess(names -> names.forEach(name -> {
                    heard.remove(name);
                    LOG.error(
                            "subscription.forgotten source={} subscription={}: not heard of for {} (RETENTION_HOLD_MAX); messages"
                                    + " are deleted that it did not apply",
                            source,
                            name,
                            holdMax);
                }));
    }

    private void report(List<Retention.Registered> found) {
        registered = found;
        registeredAtNanos = timers.nanoTime();
        var names = found.stream().map(Retention.Registered::name).collect(Collectors.toSet());
        heard.forEach((name, state) -> {
            if (!names.contains(name)) {
                state.written = null; // forgotten by a person: it registers again when it is heard of
            }
        });
        for (var subscription : found) {
            var warnedAt = warnedAtNanos.get(subscription.name());
            if (subscription.silent().compareTo(options.retention().missedAfter()) < 0) {
                warnedAtNanos.remove(subscription.name());
            } else if (warnedAt == null || timers.nanoTime() - warnedAt >= WARN_EVERY.toNanos()) {
                warnedAtNanos.put(subscription.name(), timers.nanoTime());
                LOG.warn(
                        "subscription.missed source={} subscription={} silent={} behind={}: messages are kept for it; if it"
                                + " is gone for good: java -jar outbox.jar forget {} --source {}",
                        source,
                        subscription.name(),
                        subscription.silent(),
                        subscription.behindInAll(),
                        subscription.name(),
                        source);
            }
        }
    }

    /** Lane by lane. Returns whether there is more than one round deletes. */
    private Future<Boolean> prune(long upto) {
        return prune(0, upto, BATCHES_MAX);
    }

    private Future<Boolean> prune(int lane, long upto, int batchesLeft) {
        if (hasEnded || lane == delivery.lanes()) {
            return Future.succeededFuture(false);
        }
        if (batchesLeft == 0) {
            return Future.succeededFuture(true);
        }
        return statement(() -> pool.withConnection(connection -> retention.prune(connection, lane, upto)))
                .compose(pruned -> {
                    if (pruned.count() > 0) {
                        delivery.pruned(lane, pruned.upto());
                        LOG.debug(
                                "messages.deleted source={} lane={} count={} upto={}",
                                source,
                                lane,
                                pruned.count(),
                                pruned.upto());
                    }
                    return pause(() -> prune(pruned.isMore() ? lane : lane + 1, upto, batchesLeft - 1));
                });
    }

    private <T> Future<T> pause(Supplier<Future<T>> then) {
        var promise = Promise.<T>promise();
        timers.after(PAUSE, () -> then.get().onComplete(promise));
        return promise.future();
    }

    private <T> Future<T> statement(Supplier<Future<T>> statement) {
        return hasEnded ? Future.failedFuture("the term is over") : timers.within(STATEMENT_MAX, statement.get());
    }
}
