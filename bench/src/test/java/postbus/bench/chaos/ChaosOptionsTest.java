package postbus.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;

class ChaosOptionsTest {
    private static ChaosOptions parse(String... arguments) {
        return ChaosOptions.parse(arguments, 42, LocalDateTime.of(2026, 7, 1, 9, 30, 15));
    }

    @Test
    void without_options_it_is_the_run_of_a_release() {
        var options = parse();
        assertThat(options.orders()).isEqualTo(20_000);
        assertThat(options.during()).isEqualTo(Duration.ofMinutes(15));
        assertThat(options.seed()).isEqualTo(42);
        assertThat(options.folder()).isEqualTo(Path.of(".postbus/chaos/20260701-093015-42"));
        assertThat(options.instances())
                .startsWith("outbox-1", "outbox-2")
                .contains("ordering-2", "inventory-2", "gateway-1", "auditor-1")
                .doesNotContain("payment-2");
    }

    @Test
    void options_are_taken() {
        var options = parse("--orders", "300", "--for", "2m", "--seed", "7", "--nodes", "gateway=2,payment=3");
        assertThat(options.orders()).isEqualTo(300);
        assertThat(options.during()).isEqualTo(Duration.ofMinutes(2));
        assertThat(options.seed()).isEqualTo(7);
        assertThat(options.instances()).contains("gateway-2", "payment-3").doesNotContain("ordering-2");
    }

    @Test
    void what_is_wrong_is_named() {
        assertThatThrownBy(() -> parse("--orders", "0")).hasMessageContaining("--orders must be a whole number from 1");
        assertThatThrownBy(() -> parse("--for", "1s")).hasMessage("--for must be from 10s to 86400s, is 1s");
        assertThatThrownBy(() -> parse("--nodes", "bakery=2")).hasMessageContaining("of outbox, catalog");
        assertThatThrownBy(() -> parse("--colour", "blue")).hasMessage("unknown option: --colour");
        assertThatThrownBy(() -> parse("--seed")).hasMessageContaining("not an option with a value");
    }
}
