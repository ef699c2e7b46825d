package postbus.messaging.subscription;

import io.vertx.core.VertxException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import postbus.messaging.Envelope;
import postbus.messaging.simulation.model.Fact;
import postbus.messaging.simulation.model.Mutation;
import postbus.messaging.simulation.model.Snapshot;
import postbus.messaging.simulation.model.Tx;
import postbus.messaging.transaction.ConcurrentChange;
import postbus.messaging.wire.Batch;

/** What {@link PostgresInbox} does, statement by statement, in the model of Postgres. */
final class SimulatedInbox implements Inbox {
    private static final int TRIES_MAX = 5;

    private final SimulatedSchema schema;
    private final SimulatedSubscriber.Surroundings surroundings;

    SimulatedInbox(SimulatedSchema schema, SimulatedSubscriber.Surroundings surroundings) {
        this.schema = schema;
        this.surroundings = surroundings;
    }

    @Override
    public <T> T call(Function<Work, T> work) {
        for (int tries = 1; ; tries++) {
            try {
                return callOnce(work);
            } catch (ConcurrentChange failure) {
                if (tries == TRIES_MAX) {
                    throw failure;
                }
            }
        }
    }

    @Override
    public <T> T callOnce(Function<Work, T> work) {
        surroundings.before("begin");
        var tx = schema.database().begin();
        T result;
        try {
            var done = new ModelWork(tx);
            result = work.apply(done);
            surroundings.before("commit");
            if (done.isRefused) {
                throw new IllegalStateException("a cursor is elsewhere, or a key is held");
            }
        } catch (VirtualMachineError killed) {
            throw killed; // and its transaction is an orphan
        } catch (VertxException lost) {
            tx.abandon();
            throw lost;
        } catch (Exception | Error failure) {
            tx.rollback();
            if (schema.mutation() == Mutation.KEEP_PART_OF_A_FAILED_BATCH) {
                keepEffects(tx);
            }
            throw failure;
        }
        tx.commit();
        surroundings.before("hear that it is committed");
        return result;
    }

    private void keepEffects(Tx failed) {
        var tx = schema.database().begin();
        failed.facts().stream().filter(Fact.Applied.class::isInstance).forEach(tx::note);
        tx.commit();
    }

    @Override
    public List<Turn> turns(int countMax) {
        surroundings.before("look for turns");
        var tx = schema.database().begin();
        var parked = schema.parked().select(tx, schema.database().snapshot());
        tx.commit();
        var now = surroundings.now();
        return parked.stream()
                .filter(p -> !p.isDead() && isInTurn(p, parked))
                .sorted(Comparator.comparing(Parked::nextAttemptAt).thenComparingLong(Parked::position))
                .limit(countMax)
                .map(p -> new Turn(p.message().source(), p.position(), Duration.between(now, p.nextAttemptAt())))
                .toList();
    }

    private boolean isInTurn(Parked of, List<Parked> parked) {
        return schema.mutation() == Mutation.RETRY_OUT_OF_TURN
                || !of.holdsKey()
                || parked.stream()
                        .noneMatch(earlier -> earlier.holdsKey()
                                && earlier.lane() == of.lane()
                                && earlier.message().key().equals(of.message().key())
                                && earlier.position() < of.position());
    }

    private final class ModelWork implements Work {
        private final Tx tx;
        /** Of which lane a message is, for what looks at them by lane. */
        private final IdentityHashMap<Envelope, Integer> lanes = new IdentityHashMap<>();
        /** Heard of at COMMIT, which nothing that is waited for comes before. */
        private boolean isRefused;

        ModelWork(Tx tx) {
            this.tx = tx;
        }

        private Snapshot statement(String step) {
            surroundings.before(step);
            return schema.database().snapshot();
        }

        @Override
        public List<Advance> advance(List<Batch> batches) {
            return batches.stream().map(this::advance).toList();
        }

        private Advance advance(Batch batch) {
            var now = statement("advance");
            var lane = batch.lane();
            batch.messages().forEach(next -> lanes.put(next.message(), lane));
            Predicate<SimulatedSchema.Cursor> isNext =
                    cursor -> hasNoCompareAndSet() || cursor.position() == batch.after();
            var mover = schema.mutation() == Mutation.CURSOR_BEFORE_EFFECTS
                    ? schema.database().begin()
                    : tx;
            var before = schema.cursors().update(mover, now, lane, isNext, old -> old.at(batch.upto()));
            if (before != null) {
                mover.note(new Fact.CursorMoved(schema.subscription(), lane, before.position(), batch.upto()));
            }
            if (mover != tx) {
                mover.commit();
            }
            if (before == null) {
                return Advance.NOT_NEXT;
            }
            // As a subquery it is part of the statement, and sees what the statement saw when it began
            var hasHeldKeys = schema.parked().select(tx, now).stream()
                    .anyMatch(parked -> parked.lane() == lane && parked.holdsKey());
            return hasHeldKeys ? Advance.MOVED_WITH_HELD_KEYS : Advance.MOVED;
        }

        @Override
        public void requireAdvance(List<Batch> batches) {
            isRefused = !advance(batches).stream().allMatch(Advance.MOVED::equals)
                    && schema.mutation() != Mutation.AT_ONCE_ANYHOW;
        }

        private boolean hasNoCompareAndSet() {
            return schema.mutation() == Mutation.NO_COMPARE_AND_SET || schema.mutation() == Mutation.DEDUPE_WINDOW;
        }

        @Override
        public Cursor cursor(Batch batch) {
            var cursor = schema.cursors().find(tx, statement("read the cursor"), batch.lane());
            return new Cursor(Objects.requireNonNull(cursor, "not registered").position(), false);
        }

        @Override
        public Set<String> heldKeys(Batch batch) {
            if (schema.mutation() == Mutation.HELD_KEYS_IGNORED) {
                return Set.of();
            }
            var keys =
                    batch.messages().stream().map(next -> next.message().key()).collect(Collectors.toSet());
            return schema.parked().select(tx, statement("read the held keys")).stream()
                    .filter(parked -> parked.lane() == batch.lane() && parked.holdsKey())
                    .map(parked -> parked.message().key())
                    .filter(keys::contains)
                    .collect(Collectors.toSet());
        }

        @Override
        public Outcome handle(Envelope message) {
            surroundings.before("handle");
            if (schema.mutation() == Mutation.DEDUPE_WINDOW
                    && !schema.isNotAmongTheLast(tx, lanes.getOrDefault(message, 0), message)) {
                return Outcome.done();
            }
            var outcome = surroundings.handle(message);
            if (outcome instanceof Outcome.Done) {
                tx.note(new Fact.Applied(schema.subscription(), message));
            }
            return outcome;
        }

        @Override
        public void handleAll(List<Envelope> messages) {
            messages.forEach(message -> NotDone.requireDone(handle(message)));
        }

        @Override
        public Instant now() {
            return surroundings.now();
        }

        @Override
        public boolean park(List<Parked> messages, int parkedMax) {
            var now = statement("count the parked");
            if (schema.parked().select(tx, now).size() + messages.size() > parkedMax) {
                return false;
            }
            statement("park");
            for (var message : messages) {
                if (schema.parked().insert(tx, message.position(), message)) {
                    tx.note(new Fact.SetAside(schema.subscription(), message.message()));
                }
            }
            return true;
        }

        @Override
        public Optional<Parked> take(Turn turn) {
            var now = statement("take");
            var time = surroundings.now();
            var all = schema.parked().select(tx, now);
            Predicate<Parked> isDue =
                    parked -> !parked.isDead() && !parked.nextAttemptAt().isAfter(time) && isInTurn(parked, all);
            return Optional.ofNullable(
                    schema.mutation() == Mutation.RETRY_WITHOUT_LOCK
                            ? schema.parked().find(tx, now, turn.position())
                            : schema.parked().lockUnlessLocked(tx, now, turn.position(), isDue));
        }

        @Override
        public void unpark(Parked taken) {
            schema.parked().delete(tx, statement("unpark"), taken.position());
        }

        @Override
        public boolean replace(Parked before, Parked after) {
            Predicate<Parked> isUnchanged = parked -> !parked.isDead()
                    && parked.attempts() == before.attempts()
                    && parked.nextAttemptAt().equals(before.nextAttemptAt());
            return schema.parked().update(tx, statement("park again"), before.position(), isUnchanged, old -> after)
                    != null;
        }
    }
}
