package postbus.payment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import postbus.contracts.Money;
import postbus.messaging.transaction.Ids;
import postbus.node.NodeService;
import postbus.payment.PaymentProvider.Charged;
import postbus.payment.PaymentProvider.Declined;
import postbus.payment.PaymentProvider.NothingCharged;
import postbus.payment.PaymentProvider.Refunded;
import postbus.testkit.TestNode;

/** What every provider promises about its keys, kept by the simulated one. */
class SimulatedProviderTest {
    private static final Money AMOUNT = new Money(700, "EUR");
    private static SimulatedProvider provider;

    private static final TestNode node = TestNode.start(Map.of(), NodeService.of("payment", context -> {
        var service = context.service();
        provider = new SimulatedProvider(context.vertx(), service.pool(), Duration.ZERO);
        return new PaymentVerticle(service, PaymentSettings.of(context.settings()), provider);
    }));

    private final String key = Ids.next().toString();

    @AfterAll
    static void close() {
        node.close();
    }

    private long booked(String column) {
        return node.sql("payment")
                .find(
                        "select charged, refunded from simulated_charge where idempotency_key = $1",
                        row -> row.getLong(column),
                        key)
                .orElseThrow();
    }

    @Test
    void the_same_charge_is_made_once_and_answered_the_same() {
        assertThat(provider.charge(key, AMOUNT, "tok_ok")).isEqualTo(new Charged());
        assertThat(provider.charge(key, AMOUNT, "tok_ok")).isEqualTo(new Charged());
        assertThat(booked("charged")).isEqualTo(700);
    }

    @Test
    void a_declined_charge_stays_declined_under_its_key() {
        assertThat(provider.charge(key, AMOUNT, "tok_declined")).isEqualTo(new Declined("card-declined"));
        assertThat(provider.charge(key, AMOUNT, "tok_ok")).isEqualTo(new Declined("card-declined"));
        assertThat(booked("charged")).isZero();
    }

    @Test
    void the_same_refund_is_made_once_and_answered_the_same() {
        provider.charge(key, AMOUNT, "tok_ok");
        assertThat(provider.refund(key)).isEqualTo(new Refunded());
        assertThat(provider.refund(key)).isEqualTo(new Refunded());
        assertThat(booked("refunded")).isEqualTo(700);
    }

    @Test
    void a_refund_shuts_its_key_for_a_charge_that_comes_later() {
        assertThat(provider.refund(key)).isEqualTo(new NothingCharged());
        assertThat(provider.charge(key, AMOUNT, "tok_ok")).isEqualTo(new Declined("charge-voided"));
        assertThat(booked("charged")).isZero();
    }

    @Test
    void a_refund_of_a_declined_charge_gives_nothing_back() {
        provider.charge(key, AMOUNT, "tok_declined");
        assertThat(provider.refund(key)).isEqualTo(new NothingCharged());
    }
}
