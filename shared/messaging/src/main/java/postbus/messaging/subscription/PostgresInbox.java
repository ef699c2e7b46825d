package postbus.messaging.subscription;

import java.util.Map;
import java.util.function.Function;
import postbus.messaging.Envelope;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.Transaction;
import postbus.messaging.transaction.Transactions;
import postbus.messaging.wire.Batch;

/** Cursor and effects in the service's schema. */
final class PostgresInbox implements Inbox {
    private final String subscription;
    private final Transactions transactions;
    private final Map<String, MessageHandler> handlers;

    /** @param handlers by message type */
    PostgresInbox(String subscription, Transactions transactions, Map<String, MessageHandler> handlers) {
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

    private final class TransactionWork implements Work {
        private final Transaction tx;

        TransactionWork(Transaction tx) {
            this.tx = tx;
        }

        @Override
        public boolean advance(Batch batch) {
            return CursorTable.advance(tx, subscription, batch.source(), batch.lane(), batch.after(), batch.upto());
        }

        @Override
        public long cursor(Batch batch) {
            return CursorTable.position(tx, subscription, batch.source(), batch.lane());
        }

        @Override
        public void handle(Envelope message) {
            var handler = handlers.get(message.type());
            if (handler == null) {
                throw new IllegalStateException(subscription + " has no handler for " + message.type());
            }
            tx.handling(message);
            handler.handle(message, tx);
        }
    }
}
