package postbus.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class QuotasTest {
    private long nanos;
    private final Quotas quotas = new Quotas(4, Duration.ofSeconds(8), () -> nanos);

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    @Test
    void a_whole_quota_may_be_used_at_once_and_then_no_more() {
        assertThat(quotas.take("anna")).isEqualTo(new Quotas.Standing(true, 3, 2, 0));
        assertThat(quotas.take("anna")).isEqualTo(new Quotas.Standing(true, 2, 4, 0));
        assertThat(quotas.take("anna")).isEqualTo(new Quotas.Standing(true, 1, 6, 0));
        assertThat(quotas.take("anna")).isEqualTo(new Quotas.Standing(true, 0, 8, 2));
        assertThat(quotas.take("anna")).isEqualTo(new Quotas.Standing(false, 0, 8, 2));
    }

    @Test
    void it_fills_up_evenly_and_never_more_than_full() {
        for (int i = 0; i < 5; i++) {
            quotas.take("anna");
        }
        pass(Duration.ofMillis(1_999));
        assertThat(quotas.take("anna").isLetIn()).isFalse();
        pass(Duration.ofMillis(2));
        assertThat(quotas.take("anna").isLetIn()).isTrue();
        assertThat(quotas.take("anna").isLetIn()).isFalse();
        pass(Duration.ofDays(1));
        assertThat(quotas.take("anna").left()).isEqualTo(3);
    }

    @Test
    void each_client_has_its_own() {
        for (int i = 0; i < 5; i++) {
            quotas.take("anna");
        }
        assertThat(quotas.take("bert").left()).isEqualTo(3);
    }

    @Test
    void only_so_many_clients_are_remembered() {
        for (int i = 0; i < 5; i++) {
            quotas.take("anna");
        }
        for (int i = 0; i < Quotas.CLIENTS_MAX; i++) {
            quotas.take("client " + i);
        }
        assertThat(quotas.take("anna").left()).isEqualTo(3);
    }
}
