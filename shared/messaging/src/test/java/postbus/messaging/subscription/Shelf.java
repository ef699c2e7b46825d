package postbus.messaging.subscription;

import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Envelope;
import postbus.messaging.MessageJson;
import postbus.messaging.Notes.Noted;
import postbus.messaging.Observer;
import postbus.messaging.Source;
import postbus.messaging.outbox.Outbox;
import postbus.messaging.transaction.Backoff;
import postbus.messaging.transaction.Transaction;
import postbus.messaging.transaction.Transactions;
import postbus.messaging.transaction.Wake;
import postbus.messaging.wire.Ack;
import postbus.messaging.wire.Batch;

/**
 * A subscription of its own in the schema of {@code file}, which keeps notes of {@code desk}, for tests of parking. A
 * test says what its handler makes of a note, and turns the clock.
 */
final class Shelf {
    static final int LANE = 3;

    static final Parking PARKING = new Parking(
            1_000,
            3,
            new Backoff(Duration.ofSeconds(10), Duration.ofSeconds(40)),
            Duration.ofHours(1),
            2,
            Duration.ofMillis(100));

    private static final Wake NOBODY = new Wake() {
        @Override
        public void appended() {}

        @Override
        public void scheduled() {}
    };

    /** What a handler does before it keeps the note. */
    interface Whim {
        Outcome meet(Noted note, Transaction tx);
    }

    /** A note that was kept. */
    record Kept(String key, int n) {}

    final String subscription = "file-" + UUID.randomUUID();
    final Turnable clock;
    private final Vertx vertx;
    private final Source file;
    private final Transactions transactions;
    private Parking parking = PARKING;
    private boolean skipsDeadLetters;
    private Supplier<Pace> pace = () -> new Pace(System::nanoTime);
    private volatile Whim whim = (note, tx) -> Outcome.done();

    Shelf(Vertx vertx, Source file) {
        this(vertx, file, new Turnable());
    }

    private Shelf(Vertx vertx, Source file, Turnable clock) {
        this.vertx = vertx;
        this.file = file;
        this.clock = clock;
        this.transactions = new Transactions(
                vertx.getOrCreateContext(), "file", file.pool(), new Outbox(Source.MESSAGE_BYTES_MAX), clock, NOBODY);
        CursorTable.register(file.sql(), subscription, "desk", Collections.nCopies(8, 0L));
    }

    /** The tables that the handlers write, once for a database. */
    static void create(Source file) {
        file.ddl("create table kept (nth bigint generated always as identity, subscription text, key text, n int)");
    }

    Shelf parking(Parking parking) {
        this.parking = parking;
        return this;
    }

    Shelf skippingDeadLetters() {
        skipsDeadLetters = true;
        return this;
    }

    /** Instead of what is measured. */
    Shelf pace(Paces pace) {
        this.pace = pace::pace;
        return this;
    }

    /** From now on the handler does this before it keeps a note; what it says other than done it keeps not. */
    Shelf meeting(Whim whim) {
        this.whim = whim;
        return this;
    }

    /** From now on it throws for notes with these numbers. */
    Shelf failingAt(Integer... numbers) {
        var bad = List.of(numbers);
        return meeting((note, tx) -> {
            if (bad.contains(note.n())) {
                throw new IllegalStateException("cannot keep " + note.n());
            }
            return Outcome.done();
        });
    }

    /** One instance of the subscriber; it retries when told so. */
    final class Instance {
        final Inbox inbox;
        final BatchApplier applier;
        final Retrier retrier;
        private final ParkingLot lot;

        private Instance(UnaryOperator<Inbox> wrapped) {
            var waits = Waits.of(vertx);
            inbox = wrapped.apply(new PostgresInbox(subscription, transactions, handlers()));
            lot = new ParkingLot(subscription, parking, skipsDeadLetters, waits, Observer.NOBODY);
            applier = new BatchApplier(inbox, lot, false, waits, pace.get(), () -> {}, Observer.NOBODY);
            retrier = new Retrier(inbox, lot, subscription, Observer.NOBODY);
        }

        Ack apply(Batch batch) {
            return applier.apply(batch);
        }

        /** Tries all that is due until nothing changes any more. */
        void retryDue() {
            boolean hasChanged;
            do {
                hasChanged = false;
                for (var turn : inbox.turns(100)) {
                    hasChanged |= !turn.dueIn().isPositive() && retrier.retry(turn);
                }
            } while (hasChanged);
        }

        RetryLoop loop(Executor threads) {
            return new RetryLoop(vertx, inbox, retrier, parking, threads);
        }
    }

    Instance instance() {
        return instance(UnaryOperator.identity());
    }

    Instance instance(UnaryOperator<Inbox> wrapped) {
        return new Instance(wrapped);
    }

    private Handlers handlers() {
        var handlers = new Handlers();
        handlers.add(Noted.class, (note, tx) -> {
            var outcome = whim.meet(note, tx);
            tx.execute(
                    "insert into kept (subscription, key, n) values ($1, $2, $3)", subscription, note.key(), note.n());
            return outcome;
        });
        return handlers;
    }

    /** A batch of the lane, as {@code "a1", "b2"}: key and number; positions go on from after, without gaps. */
    Batch batch(long after, String... notes) {
        return batch(LANE, after, List.of(notes));
    }

    Batch batch(int lane, long after, List<String> notes) {
        var messages = new ArrayList<Batch.Positioned>();
        for (var note : notes) {
            messages.add(new Batch.Positioned(after + messages.size() + 1, message(note)));
        }
        return new Batch(subscription, "desk", lane, after, after + messages.size(), messages);
    }

    /** The key is the first letter, or all before a dash. */
    static Noted note(String text) {
        int end = text.indexOf('-') < 0 ? 1 : text.indexOf('-');
        return new Noted(
                text.substring(0, end), Integer.parseInt(text.substring(end).replace("-", "")));
    }

    static Envelope message(String text) {
        var note = note(text);
        return new Envelope(
                UUID.randomUUID(),
                "desk",
                "desk.noted.v1",
                note.key(),
                Instant.now(),
                null,
                UUID.randomUUID(),
                null,
                null,
                MessageJson.write(note));
    }

    /** All that is kept, in the order in which it was, as {@code "a1"}. */
    List<String> kept() {
        return file.sql()
                .list(
                        "select key || n as note from kept where subscription = $1 order by nth",
                        row -> row.getString("note"),
                        subscription);
    }

    /** The same of one key: its numbers. */
    List<Integer> kept(String key) {
        return file.sql()
                .list(
                        "select n from kept where subscription = $1 and key = $2 order by nth",
                        row -> row.getInteger("n"),
                        subscription,
                        key);
    }

    long cursor() {
        return cursor(LANE);
    }

    long cursor(int lane) {
        return CursorTable.find(file.sql(), subscription, "desk", lane).position();
    }

    /** A row of what is parked, as a person would look at it. */
    record Row(
            long position,
            String state,
            boolean holdsKey,
            String reason,
            int attempts,
            Instant nextAttemptAt,
            @Nullable String error,
            @Nullable String stack) {
        /** {@code "1 parked failed"}. */
        String brief() {
            return position + " " + state + " " + reason;
        }
    }

    List<Row> parked() {
        return file.sql()
                .list(
                        """
                        select position, state, holds_key, reason, attempts, next_attempt_at, error, stack
                          from parked_message
                         where subscription = $1
                         order by position
                        """,
                        row -> new Row(
                                row.getLong("position"),
                                row.getString("state"),
                                row.getBoolean("holds_key"),
                                row.getString("reason"),
                                row.getInteger("attempts"),
                                row.getOffsetDateTime("next_attempt_at").toInstant(),
                                row.getString("error"),
                                row.getString("stack")),
                        subscription);
    }

    /** As {@code "1 parked failed"}, in order of position. */
    List<String> parkedBriefly() {
        return parked().stream().map(Row::brief).toList();
    }

    /** Real time, and what a test adds to it. */
    static final class Turnable extends Clock {
        private volatile Duration ahead = Duration.ZERO;

        void turn(Duration further) {
            ahead = ahead.plus(further);
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
