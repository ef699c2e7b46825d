package postbus.payment;

import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import postbus.contracts.Money;
import postbus.messaging.transaction.Sql;

/**
 * A provider for trying out the shop. It keeps books of its own, each entry in a transaction of its own, as one in
 * another company would: so what it promises about keys holds whatever crashes. It declines {@code tok_declined},
 * charges every other token, and for {@code tok_slow} takes its time to say so, each time it is asked.
 */
final class SimulatedProvider implements PaymentProvider {
    private static final String DECLINED_TOKEN = "tok_declined";
    private static final String SLOW_TOKEN = "tok_slow";

    private final Vertx vertx;
    private final Sql books;
    private final Duration slowAfter;

    /** @param slowAfter how late the answer for {@code tok_slow} is */
    SimulatedProvider(Vertx vertx, Pool pool, Duration slowAfter) {
        this.vertx = vertx;
        this.books = (statement, parameters) ->
                pool.preparedQuery(statement).execute(parameters).await();
        this.slowAfter = slowAfter;
    }

    @Override
    public ChargeOutcome charge(String idempotencyKey, Money amount, String token) {
        var outcome = SimulatedChargeTable.charge(books, idempotencyKey, amount, token.equals(DECLINED_TOKEN));
        if (token.equals(SLOW_TOKEN) && slowAfter.toMillis() > 0) {
            vertx.timer(slowAfter.toMillis(), TimeUnit.MILLISECONDS).await();
        }
        return outcome;
    }

    @Override
    public RefundOutcome refund(String idempotencyKey) {
        return SimulatedChargeTable.refund(books, idempotencyKey);
    }
}
