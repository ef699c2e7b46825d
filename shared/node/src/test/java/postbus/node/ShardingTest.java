package postbus.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ShardingTest {
    private static String source(Map<String, String> settings) {
        return Sharding.source(Settings.of(settings), "desk");
    }

    @Test
    void a_node_of_a_service_that_is_not_split_is_the_service() {
        assertThat(source(Map.of())).isEqualTo("desk");
        assertThat(source(Map.of("SHARDS", "file:2"))).isEqualTo("desk");
    }

    @Test
    void a_node_of_one_that_is_split_is_the_shard_it_is_told() {
        var settings = Map.of("SHARDS", "file:2, desk:3", "SHARD", "2");
        assertThat(source(settings)).isEqualTo("desk-2");
        assertThat(Sharding.rules(Settings.of(settings)).services()).containsExactlyInAnyOrder("file", "desk");
    }

    @Test
    void a_service_that_is_named_as_a_shard_is_that_one() {
        var settings = Settings.of(Map.of("SHARDS", "desk:3"));
        assertThat(Sharding.source(settings, "desk-1")).isEqualTo("desk-1");
        assertThatThrownBy(() -> Sharding.source(settings, "desk-3")).hasMessageContaining("which of desk-0");
    }

    @Test
    void one_that_was_not_split_before_is_still_there_for_what_it_has() {
        var rules = "desk:2@2026-12-01T00:00:00Z";
        assertThat(source(Map.of("SHARDS", rules))).isEqualTo("desk");
        assertThat(source(Map.of("SHARDS", rules, "SHARD", "0"))).isEqualTo("desk-0");
    }

    @Test
    void a_shard_that_the_rules_do_not_have_is_refused() {
        assertRefused(Map.of("SHARDS", "desk:2"), "which of desk-0, desk-1");
        assertRefused(Map.of("SHARDS", "desk:2", "SHARD", "2"), "which of desk-0, desk-1");
        assertRefused(Map.of("SHARD", "0"), "which of desk");
        assertRefused(Map.of("SHARDS", "desk"), "SHARDS: not a rule");
    }

    private static void assertRefused(Map<String, String> settings, String why) {
        assertThatThrownBy(() -> source(settings))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining(why);
    }
}
