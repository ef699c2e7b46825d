package postbus.messaging.subscription;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.MessageType;
import postbus.messaging.Observer;
import postbus.messaging.Problem;
import postbus.messaging.Shards;
import postbus.messaging.trace.Tracing;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.Transactions;
import postbus.messaging.wire.Addresses;
import postbus.messaging.wire.Announcement;
import postbus.messaging.wire.Batch;
import postbus.messaging.wire.Reading;
import postbus.messaging.wire.RelayHello;

/**
 * One instance of a durable subscription. Any number of instances, on any nodes, share its work: each batch goes to one
 * of them, and the cursor in Postgres decides what it still changes.
 *
 * <p>{@link #start} and {@link #stop} are for an event loop; batches are applied on virtual threads, each its own. A
 * relay sends one batch of a lane at a time; only after a time-out or a change of relay may an earlier one still be in
 * hand somewhere, and then the cursor's row lock lets one of them be first.
 */
public final class DurableSubscriber {
    private static final Logger LOG = LoggerFactory.getLogger(DurableSubscriber.class);

    /** Where a subscription begins that has no cursor yet. */
    public enum Start {
        /** With the oldest message the ledger keeps. */
        BEGINNING,
        /** With what is cut after the relay's hello in which it first heard of the source. */
        NOW
    }

    /**
     * @param name of the subscription; its instances share it, its cursors are kept under it
     * @param commandsFor the service whose commands it takes; null for none
     * @param start where it begins when it is new; commands always begin with the oldest
     * @param isOneMessageATransaction never several messages in one transaction, for handlers that lock rows which
     *     other keys lock too
     * @param announceEvery how often it tells relays where it is, 100 ms to 1 min
     * @param parking what becomes of messages that cannot be applied
     * @param skipsDeadLetters whether a key goes on without its dead letters; otherwise it waits for a person
     * @param observer is told what becomes of messages
     */
    public record Options(
            String name,
            @Nullable String commandsFor,
            Start start,
            boolean isOneMessageATransaction,
            Duration announceEvery,
            Parking parking,
            boolean skipsDeadLetters,
            Observer observer) {

        /** Parks by default, and waits for a person. */
        public Options(
                String name,
                @Nullable String commandsFor,
                Start start,
                boolean isOneMessageATransaction,
                Duration announceEvery) {
            this(
                    name,
                    commandsFor,
                    start,
                    isOneMessageATransaction,
                    announceEvery,
                    Parking.DEFAULT,
                    false,
                    Observer.NOBODY);
        }
    }

    private final Vertx vertx;
    private final Transactions transactions;
    private final Options options;
    private final BatchApplier applier;
    private final Gathering<Message<Batch>> gathering;
    private final RetryLoop retries;
    private final HeldCount held;
    private final Map<String, Set<String>> eventTypesByService;
    private final Executor threads;
    private final Runnable beforeReply;

    /** The last hello of each source's relay: a new term is a new relay, which does not know us yet. */
    private final Map<String, RelayHello> hellos = new ConcurrentHashMap<>();

    private final AtomicInteger inHand = new AtomicInteger();
    private final List<MessageConsumer<?>> consumers = new ArrayList<>();
    private final Promise<Void> drained = Promise.promise();
    private volatile boolean isStopping;
    private long timer = -1;
    private long heldTimer = -1;

    public DurableSubscriber(Vertx vertx, Transactions transactions, Options options, Handlers handlers) {
        this(vertx, transactions, options, handlers, Waits.of(vertx), virtualThreads(options.name()), () -> {});
    }

    /**
     * @param waits time and chance
     * @param threads runs each task on a thread that may block
     * @param beforeReply runs between commit and reply: where a fault test kills the process
     */
    DurableSubscriber(
            Vertx vertx,
            Transactions transactions,
            Options options,
            Handlers handlers,
            Waits waits,
            Executor threads,
            Runnable beforeReply) {
        this.vertx = vertx;
        this.transactions = transactions;
        this.options = options;
        var inbox = new PostgresInbox(options.name(), transactions, handlers);
        var name = options.name();
        var observer = options.observer();
        var tracing = Tracing.of(vertx, name);
        var lot = new ParkingLot(name, options.parking(), options.skipsDeadLetters(), waits, observer, tracing);
        this.retries = new RetryLoop(vertx, inbox, new Retrier(inbox, lot, name, observer), options.parking(), threads);
        this.held = new HeldCount(name, transactions.reading(), observer);
        var pace = new Pace(System::nanoTime, (messages, nanos) -> observer.handled(name, messages, nanos));
        this.applier =
                new BatchApplier(inbox, lot, options.isOneMessageATransaction(), waits, pace, retries::wake, observer);
        this.gathering =
                new Gathering<>(!options.isOneMessageATransaction(), Message::body, this::apply, threads, pace);
        this.threads = threads;
        this.beforeReply = beforeReply;
        this.eventTypesByService = handlers.types().stream()
                .filter(type -> options.commandsFor() == null
                        || !MessageType.parse(type).service().equals(Shards.serviceOf(options.commandsFor())))
                .collect(Collectors.groupingBy(type -> MessageType.parse(type).service(), Collectors.toSet()));
    }

    /** Completes when every node of the cluster can reach this instance. Batches may come before that. */
    public Future<Void> start() {
        var bus = vertx.eventBus();
        MessageConsumer<Batch> deliveries = bus.consumer(
                Addresses.deliver(options.name()),
                Reading.of(
                        (Batch batch) -> Objects.requireNonNull(batch, "batch"), (batch, message) -> onBatch(message)));
        MessageConsumer<JsonObject> hellos =
                bus.consumer(Addresses.RELAY_HELLO, Reading.of(RelayHello::of, (hello, message) -> onHello(hello)));
        consumers.add(deliveries);
        consumers.add(hellos);
        return Future.all(deliveries.completion(), hellos.completion()).map(registered -> {
            timer = vertx.setPeriodic(options.announceEvery().toMillis(), tick -> onVirtualThread(this::announceAll));
            bus.publish(Addresses.RELAY_CALL, null);
            onVirtualThread(this::retryUnread);
            retries.start();
            heldTimer = vertx.setPeriodic(HeldCount.EVERY.toMillis(), tick -> onVirtualThread(held::look));
            onVirtualThread(held::look);
            return null;
        });
    }

    /** Takes no more batches and parked messages, and completes when those in hand are applied. */
    public Future<Void> stop() {
        isStopping = true;
        vertx.cancelTimer(timer);
        vertx.cancelTimer(heldTimer);
        var retried = retries.stop();
        var left = consumers.stream().map(MessageConsumer::unregister).toList();
        return Future.join(left).otherwiseEmpty().compose(gone -> {
            if (inHand.get() == 0) {
                drained.tryComplete();
            }
            return Future.join(drained.future(), retried).mapEmpty();
        });
    }

    /**
     * Tells relays where it is and looks for parked messages that are due, instead of when it would the next time: a
     * person moved, paused or resumed it. From any thread.
     */
    public void announceSoon() {
        onVirtualThread(this::announceAll);
        retries.wake();
    }

    /** What older instances could not read may be of a type that this one knows. */
    private void retryUnread() {
        var due =
                transactions.<Integer>call(Cause.none(), tx -> ParkedTable.makeUnreadDue(tx, options.name(), tx.now()));
        if (due > 0) {
            retries.wake();
        }
    }

    private void onBatch(Message<Batch> message) {
        inHand.incrementAndGet();
        gathering.add(message);
    }

    private void apply(List<Message<Batch>> together) {
        try {
            var acks = applier.apply(together.stream().map(Message::body).toList());
            beforeReply.run();
            for (int i = 0; i < acks.size(); i++) {
                together.get(i).reply(acks.get(i));
            }
        } catch (Throwable failure) { // an Error of a handler
            LOG.warn("subscription.failed subscription={}, tried again soon", options.name(), failure);
            together.forEach(message -> message.fail(Problem.INTERNAL.code(), failure.toString()));
        } finally {
            if (inHand.addAndGet(-together.size()) == 0 && isStopping) {
                drained.tryComplete();
            }
        }
    }

    private void onHello(RelayHello hello) {
        if (!isWanted(hello.source())) {
            return;
        }
        var previous = hellos.put(hello.source(), hello);
        if (previous == null || !previous.term().equals(hello.term())) {
            onVirtualThread(() -> {
                try {
                    var sql = transactions.reading();
                    if (options.start() == Start.NOW && options.commandsFor() == null) {
                        CursorTable.register(sql, options.name(), hello.source(), hello.heads());
                    } else {
                        CursorTable.registerAtOldest(sql, options.name(), hello.source(), hello.pruned());
                    }
                    announceAll();
                } catch (Exception failure) {
                    hellos.remove(hello.source(), hello); // the next hello tries again
                    throw failure;
                }
            });
        }
    }

    private boolean isWanted(String source) {
        return options.commandsFor() != null || eventTypesByService.containsKey(Shards.serviceOf(source));
    }

    private void announceAll() {
        cursors().forEach((source, cursors) -> {
            if (isWanted(source)) {
                var announcement = new Announcement(
                        options.name(),
                        options.commandsFor(),
                        eventTypesByService.getOrDefault(Shards.serviceOf(source), Set.of()),
                        cursors.positions(),
                        cursors.isPaused());
                vertx.eventBus().publish(Addresses.announce(source), announcement.toJson());
            }
        });
    }

    private Map<String, CursorTable.Cursors> cursors() {
        var sql = transactions.reading();
        var cursors = CursorTable.all(sql, options.name());
        boolean haveMoved = false;
        for (var hello : hellos.values()) {
            var known = cursors.getOrDefault(hello.source(), CursorTable.Cursors.NONE);
            if (isBehind(known.positions(), hello.pruned())) {
                haveMoved |= CursorTable.followOldest(sql, options.name(), hello.source(), hello.pruned());
            }
        }
        return haveMoved ? CursorTable.all(sql, options.name()) : cursors;
    }

    private static boolean isBehind(List<Long> cursors, List<Long> pruned) {
        for (int lane = 0; lane < Math.min(cursors.size(), pruned.size()); lane++) {
            if (cursors.get(lane) < pruned.get(lane)) {
                return true;
            }
        }
        return false;
    }

    /** A virtual thread for each task. */
    static Executor virtualThreads(String subscription) {
        var threads = Thread.ofVirtual().name(subscription + "-subscription").factory();
        return task -> threads.newThread(task).start();
    }

    private void onVirtualThread(Runnable work) {
        threads.execute(() -> {
            try {
                work.run();
            } catch (Exception | Error failure) {
                LOG.warn("subscription.failed subscription={}, tried again soon", options.name(), failure);
            }
        });
    }
}
