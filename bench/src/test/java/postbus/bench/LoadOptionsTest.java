package postbus.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LoadOptionsTest {
    @Test
    void without_options_it_is_the_closing_check() {
        var options = LoadOptions.parse(new String[] {});
        assertThat(options.orders()).isEqualTo(1_000);
        assertThat(options.customers()).isEqualTo(50);
        assertThat(options.products()).isEqualTo(20);
    }

    @Test
    void options_are_taken() {
        var options =
                LoadOptions.parse(new String[] {"--orders", "7", "--shop", "http://127.0.0.1:9000", "--seed", "3"});
        assertThat(options.orders()).isEqualTo(7);
        assertThat(options.shop()).hasPort(9000);
        assertThat(options.seed()).isEqualTo(3);
    }

    @Test
    void what_is_wrong_is_named() {
        assertThatThrownBy(() -> LoadOptions.parse(new String[] {"--orders", "many"}))
                .hasMessage("--orders must be a whole number from 1 to 1000000, is many");
        assertThatThrownBy(() -> LoadOptions.parse(new String[] {"--orders", "0"}))
                .hasMessageContaining("from 1 to 1000000");
        assertThatThrownBy(() -> LoadOptions.parse(new String[] {"--colour", "blue"}))
                .hasMessage("unknown option: --colour");
        assertThatThrownBy(() -> LoadOptions.parse(new String[] {"--orders"}))
                .hasMessageContaining("not an option with a value");
    }
}
