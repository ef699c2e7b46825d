package postbus.messaging.relay;

import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import postbus.messaging.Problem;
import postbus.messaging.ledger.Ledger;
import postbus.messaging.wire.Batch;
import postbus.messaging.wire.Follow;
import postbus.messaging.wire.Followed;

/**
 * Those who look on as events are published, such as gateways for their browsers. Each asks for what comes after a
 * position and gets an answer as soon as there is something (long polling); nothing is pushed, so who is slow asks less
 * often and is a burden to nobody. Who is up to date is answered from memory; the others read the ledger, at most
 * {@value #READS_MAX} of them at a time. Event loop, the relay's.
 */
final class Followers {
    static final int WAITING_MAX = 1_000;
    private static final int READS_MAX = 2;
    private static final int COUNT_MAX = 500;
    private static final Duration WAIT_MAX = Duration.ofMillis(Follow.WAIT_MAX_MS);

    private final String source;
    private final Delivery delivery;
    private final EventReader ledger;
    private final Timers timers;
    private final Set<Waiting> waiting = new LinkedHashSet<>();
    private final Queue<Runnable> reads = new ArrayDeque<>();
    private int reading;

    /** One who waits. Compared by identity. */
    private static final class Waiting {
        private final Message<JsonObject> request;
        private final long after;

        Waiting(Message<JsonObject> request, long after) {
            this.request = request;
            this.after = after;
        }
    }

    /** @param ledger for what is not in memory */
    Followers(String source, Delivery delivery, EventReader ledger, Timers timers) {
        this.source = source;
        this.delivery = delivery;
        this.ledger = ledger;
        this.timers = timers;
    }

    void ask(long after, Message<JsonObject> request) {
        if (after == Follow.NOW) {
            request.reply(new Followed(source, delivery.position(), false, List.of()));
        } else if (after < delivery.position()) {
            answer(request, after);
        } else if (waiting.size() == WAITING_MAX) {
            refuse(request, "more than " + WAITING_MAX + " follow");
        } else {
            var one = new Waiting(request, after);
            waiting.add(one);
            timers.after(WAIT_MAX, () -> {
                if (waiting.remove(one)) {
                    request.reply(new Followed(source, after, false, List.of()));
                }
            });
        }
    }

    /** There is something new. */
    void advanced() {
        if (waiting.isEmpty()) {
            return;
        }
        var all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(one -> answer(one.request, one.after));
    }

    /** Another relay is to be asked from now on. */
    void end() {
        var all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(one -> refuse(one.request, "this relay leads no longer"));
    }

    private void answer(Message<JsonObject> request, long after) {
        var remembered = delivery.remembered(after, COUNT_MAX);
        if (remembered != null) {
            reply(request, after, delivery.position(), remembered);
        } else if (reads.size() == WAITING_MAX) {
            refuse(request, "more than " + WAITING_MAX + " wait for the ledger");
        } else {
            reads.add(() -> {
                long position = delivery.position(); // up to here all is in the ledger when the read begins
                read(request, after, position);
            });
            next();
        }
    }

    private void read(Message<JsonObject> request, long after, long position) {
        ledger.read(after, COUNT_MAX)
                .onSuccess(entries -> reply(request, after, position, entries))
                .onFailure(failure -> refuse(request, "the ledger cannot be read: " + failure))
                .onComplete(done -> {
                    reading--;
                    next();
                });
    }

    private void next() {
        while (reading < READS_MAX && !reads.isEmpty()) {
            reading++;
            reads.remove().run();
        }
    }

    private void reply(Message<JsonObject> request, long after, long position, List<Ledger.Entry> entries) {
        var events = new ArrayList<Batch.Positioned>(entries.size());
        long upto = entries.isEmpty()
                ? Math.max(after, position)
                : entries.get(entries.size() - 1).position();
        for (var entry : entries) {
            var message = entry.message();
            if (message != null) {
                events.add(new Batch.Positioned(entry.position(), message));
            }
        }
        var isGap = delivery.pruned().stream().anyMatch(pruned -> pruned > after);
        request.reply(new Followed(source, upto, isGap, events));
    }

    private static void refuse(Message<JsonObject> request, String why) {
        request.fail(Problem.UNAVAILABLE.code(), why);
    }
}
