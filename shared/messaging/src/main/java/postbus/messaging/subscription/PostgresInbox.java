package postbus.messaging.subscription;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import postbus.messaging.Envelope;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.Transaction;
import postbus.messaging.transaction.Transactions;
import postbus.messaging.wire.Batch;

/** Cursor, parked messages and effects in the service's schema. */
final class PostgresInbox implements Inbox {
    /** A plan made while nothing was parked would read the whole table for each key. */
    private static final String BY_INDEX = """
            select set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true)
            """;

    private final String subscription;
    private final Transactions transactions;
    private final Handlers handlers;
    private final CursorPlaces places = new CursorPlaces();

    PostgresInbox(String subscription, Transactions transactions, Handlers handlers) {
        this.subscription = subscription;
        this.transactions = transactions;
        this.handlers = handlers;
    }

    @Override
    public <T> T call(Function<Work, T> work) {
        return transactions.call(Cause.none(), tx -> work.apply(new TransactionWork(tx)));
    }

    @Override
    public <T> T callOnce(Function<Work, T> work) {
        return transactions.callOnce(Cause.none(), tx -> work.apply(new TransactionWork(tx)));
    }

    @Override
    public List<Turn> turns(int countMax) {
        return transactions.callOnce(Cause.none(), tx -> {
            tx.execute(BY_INDEX);
            return ParkedTable.turns(tx, subscription, tx.now(), countMax);
        });
    }

    private final class TransactionWork implements Work {
        private final Transaction tx;

        TransactionWork(Transaction tx) {
            this.tx = tx;
        }

        @Override
        public List<Advance> advance(List<Batch> batches) {
            return CursorTable.advance(tx, subscription, places, batches);
        }

        @Override
        public void requireAdvance(List<Batch> batches) {
            CursorTable.requireAdvance(tx, subscription, places, batches);
        }

        @Override
        public Cursor cursor(Batch batch) {
            return CursorTable.find(tx, subscription, batch.source(), batch.lane());
        }

        @Override
        public Set<String> heldKeys(Batch batch) {
            var keys =
                    batch.messages().stream().map(next -> next.message().key()).collect(Collectors.toSet());
            return ParkedTable.heldKeys(tx, subscription, batch.source(), batch.lane(), keys);
        }

        @Override
        public Outcome handle(Envelope message) {
            return handlers.handle(message, tx);
        }

        @Override
        public void handleAll(List<Envelope> messages) {
            handlers.handleAll(messages, tx);
        }

        @Override
        public Instant now() {
            return tx.now();
        }

        @Override
        public boolean park(List<Parked> messages, int parkedMax) {
            if (ParkedTable.count(tx, subscription, parkedMax) + messages.size() > parkedMax) {
                return false;
            }
            ParkedTable.insert(tx, subscription, messages);
            return true;
        }

        @Override
        public Optional<Parked> take(Turn turn) {
            return PauseTable.beginRetry(tx, subscription, turn.source())
                    ? ParkedTable.take(tx, subscription, turn.source(), turn.position(), tx.now())
                    : Optional.empty();
        }

        @Override
        public void unpark(Parked taken) {
            ParkedTable.delete(tx, subscription, taken.message().source(), taken.position());
        }

        @Override
        public boolean replace(Parked before, Parked after) {
            return ParkedTable.replace(tx, subscription, before, after);
        }
    }
}
