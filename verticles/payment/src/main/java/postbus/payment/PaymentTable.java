package postbus.payment;

import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.contracts.Money;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.Sql;
import postbus.messaging.transaction.Transaction;

/** Reads and writes {@code payment}. Leases and waits are measured by the clock of the database. */
final class PaymentTable {
    private static final String INSERT = """
            insert into payment (order_id, state, amount, currency, payment_token, due_at,
                                 correlation_id, causation_id, traceparent)
            values ($1, $2, $3, $4, $5, case when $6 then now() end, $7, $8, $9)
                on conflict (order_id) do nothing
            """;

    private static final String LOCK = """
            select order_id, state, amount, currency, payment_token, attempts
              from payment
             where order_id = $1
               for update
            """;

    /** Leaves the lease alone: who has the payment in hand will find it changed when the provider has answered. */
    private static final String REDIRECT = """
            update payment
               set state = $2, attempts = $3, due_at = case when $4 then now() end,
                   correlation_id = $5, causation_id = $6, traceparent = $7, changed_at = now()
             where order_id = $1
            """;

    private static final String RECORD = """
            update payment
               set state = $2, attempts = $3,
                   due_at = case when $4 then now() + $5::bigint * interval '1 millisecond' end,
                   last_failure = coalesce($6, last_failure),
                   claimed_until = null, changed_at = now()
             where order_id = $1
            """;

    /** The rows are locked in a part of their own, so that the limit holds whatever the plan of the update. */
    static final String TAKE = """
              with due as materialized (
                select order_id
                  from payment
                 where due_at <= now() and (claimed_until is null or claimed_until <= now())
                 order by due_at, order_id
                 limit $1
                   for update skip locked)
            update payment
               set attempts = attempts + 1, claimed_until = now() + $2::bigint * interval '1 millisecond'
              from due
             where payment.order_id = due.order_id
            returning payment.order_id, state, amount, currency, payment_token, attempts,
                      correlation_id, causation_id, traceparent
            """;

    /** Skips what is locked, since a handler may hold several of these rows: waiting for them could be a deadlock. */
    private static final String RENEW = """
              with held as materialized (
                select order_id
                  from payment
                 where order_id = any ($1) and claimed_until is not null
                 order by order_id
                   for update skip locked)
            update payment
               set claimed_until = now() + $2::bigint * interval '1 millisecond'
              from held
             where payment.order_id = held.order_id
            """;

    /** A payment in hand, and the command for which the provider is called. */
    record Due(Payment payment, Cause cause) {}

    private PaymentTable() {}

    /** Writes down a new payment; false when the order has one. */
    static boolean insert(Transaction tx, Payment payment) {
        var amount = payment.amount();
        var inserted = tx.update(
                INSERT,
                payment.orderId(),
                payment.state().toString(),
                amount == null ? null : amount.amount(),
                amount == null ? null : amount.currency(),
                payment.token(),
                isDue(payment),
                tx.cause().correlationId(),
                tx.cause().causationId(),
                tx.cause().traceparent());
        return inserted == 1;
    }

    /** The payment as it stays until the transaction ends. */
    static Optional<Payment> lock(Transaction tx, UUID orderId) {
        return tx.find(LOCK, PaymentTable::payment, orderId);
    }

    /** Writes what a command made of a locked payment; what comes of it belongs to this command from now on. */
    static void redirect(Transaction tx, Payment payment) {
        tx.write(
                REDIRECT,
                payment.orderId(),
                payment.state().toString(),
                payment.attempts(),
                isDue(payment),
                tx.cause().correlationId(),
                tx.cause().causationId(),
                tx.cause().traceparent());
    }

    /**
     * Writes what a call of the provider made of a locked payment, and ends the lease.
     *
     * @param nextCallIn when something is left to do
     * @param failure why there was no answer; null when there was
     */
    static void record(Transaction tx, Payment payment, Duration nextCallIn, @Nullable String failure) {
        tx.write(
                RECORD,
                payment.orderId(),
                payment.state().toString(),
                payment.attempts(),
                isDue(payment),
                nextCallIn.toMillis(),
                failure);
    }

    /** Leases payments that are due and that nobody has in hand, the longest due first. */
    static List<Due> take(Sql sql, int max, Duration lease) {
        return sql.list(TAKE, row -> new Due(payment(row), cause(row)), max, lease.toMillis());
    }

    static void renew(Sql sql, List<UUID> orderIds, Duration lease) {
        sql.execute(RENEW, orderIds.toArray(UUID[]::new), lease.toMillis());
    }

    private static boolean isDue(Payment payment) {
        return payment.nextCall() != Payment.Call.NONE;
    }

    private static Payment payment(Row row) {
        var amount = row.getLong("amount");
        return new Payment(
                row.getUUID("order_id"),
                Payment.State.of(row.getString("state")),
                amount == null ? null : new Money(amount, row.getString("currency")),
                row.getString("payment_token"),
                row.getInteger("attempts"));
    }

    private static Cause cause(Row row) {
        return new Cause(row.getUUID("correlation_id"), row.getUUID("causation_id"), row.getString("traceparent"));
    }
}
