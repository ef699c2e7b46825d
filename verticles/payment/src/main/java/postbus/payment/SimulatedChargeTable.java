package postbus.payment;

import io.vertx.sqlclient.Row;
import postbus.contracts.Money;
import postbus.messaging.transaction.Sql;
import postbus.payment.PaymentProvider.ChargeOutcome;
import postbus.payment.PaymentProvider.Charged;
import postbus.payment.PaymentProvider.Declined;
import postbus.payment.PaymentProvider.NothingCharged;
import postbus.payment.PaymentProvider.RefundOutcome;
import postbus.payment.PaymentProvider.Refunded;

/**
 * Reads and writes {@code simulated_charge}. Each call is one statement, so that calls under one key that come at once
 * are one after the other.
 */
final class SimulatedChargeTable {
    /** The update changes nothing; it is there to wait for, and return, the entry of whoever was first. */
    private static final String CHARGE = """
            insert into simulated_charge (idempotency_key, outcome, charged, currency)
            values ($1, $2, $3, $4)
                on conflict (idempotency_key) do update set outcome = simulated_charge.outcome
            returning outcome
            """;

    private static final String REFUND = """
            insert into simulated_charge (idempotency_key, outcome, charged)
            values ($1, 'voided', 0)
                on conflict (idempotency_key) do update set refunded = simulated_charge.charged
            returning outcome
            """;

    private static final String CHARGED = "charged";
    private static final String DECLINED = "declined";

    private SimulatedChargeTable() {}

    static ChargeOutcome charge(Sql sql, String key, Money amount, boolean isDeclined) {
        var booked = sql.find(
                        CHARGE,
                        SimulatedChargeTable::outcome,
                        key,
                        isDeclined ? DECLINED : CHARGED,
                        isDeclined ? 0 : amount.amount(),
                        amount.currency())
                .orElseThrow();
        return switch (booked) {
            case CHARGED -> new Charged();
            case DECLINED -> new Declined("card-declined");
            default -> new Declined("charge-voided");
        };
    }

    static RefundOutcome refund(Sql sql, String key) {
        var booked = sql.find(REFUND, SimulatedChargeTable::outcome, key).orElseThrow();
        return booked.equals(CHARGED) ? new Refunded() : new NothingCharged();
    }

    private static String outcome(Row row) {
        return row.getString("outcome");
    }
}
