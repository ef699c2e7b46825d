package postbus.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardsTest {
    private static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");

    private static Shards at(Instant now, String... rules) {
        return Shards.parse(List.of(rules), InstantSource.fixed(now));
    }

    /** Of version 7. */
    private static String idMadeAt(Instant instant, long rest) {
        return new UUID(instant.toEpochMilli() << 16 | 0x7000, Long.MIN_VALUE | rest).toString();
    }

    @Test
    void a_service_that_is_not_split_has_every_key() {
        assertThat(Shards.NONE.of("desk", "a")).isEqualTo("desk");
        assertThat(at(NOON, "desk:2").of("file", "a")).isEqualTo("file");
        assertThat(Shards.NONE.owns("desk", "a")).isTrue();
        assertThat(Shards.NONE.sourcesOf("desk")).containsExactly("desk");
    }

    /** Whoever changes where keys belong loses what is there. */
    @Test
    void where_keys_belong_is_fixed_for_ever() {
        var shards = at(NOON, "desk:8");
        assertThat(List.of("a", "b", "c", "espresso", "ä"))
                .extracting(key -> shards.of("desk", key))
                .containsExactly("desk-2", "desk-0", "desk-1", "desk-7", "desk-6");
    }

    @Test
    void keys_are_spread_evenly_also_over_the_lanes_of_a_shard() {
        var shards = at(NOON, "desk:4");
        var counts = IntStream.range(0, 4_000)
                .mapToObj(n -> shards.of("desk", "key-" + n))
                .collect(Collectors.groupingBy(shard -> shard, Collectors.counting()));
        assertThat(counts.keySet()).containsExactlyInAnyOrder("desk-0", "desk-1", "desk-2", "desk-3");
        assertThat(counts.values()).allMatch(count -> count > 900 && count < 1_100);
    }

    @Test
    void an_id_stays_where_the_rules_of_the_time_it_was_made_put_it() {
        var before = at(NOON.minusSeconds(60), "desk:2@2026-12-01T12:00:00Z", "desk:5@2027-01-01T00:00:00Z");
        var after = at(NOON.plusSeconds(60), "desk:2@2026-12-01T12:00:00Z", "desk:5@2027-01-01T00:00:00Z");
        var muchLater = at(NOON.plusSeconds(10_000_000), "desk:2@2026-12-01T12:00:00Z", "desk:5@2027-01-01T00:00:00Z");
        for (long rest = 0; rest < 100; rest++) {
            var old = idMadeAt(NOON.minusMillis(1), rest);
            var young = idMadeAt(NOON, rest);
            for (var shards : List.of(before, after, muchLater)) {
                assertThat(shards.of("desk", old)).isEqualTo("desk");
                assertThat(shards.of("desk", young))
                        .isEqualTo(at(NOON, "desk:2").of("desk", young));
            }
        }
        assertThat(before.of("desk", "a")).isEqualTo("desk");
        assertThat(after.of("desk", "a")).isEqualTo(at(NOON, "desk:2").of("desk", "a"));
        assertThat(muchLater.of("desk", "a")).isEqualTo(at(NOON, "desk:5").of("desk", "a"));
        assertThat(before.sourcesOf("desk")).containsExactly("desk", "desk-0", "desk-1", "desk-2", "desk-3", "desk-4");
    }

    @Test
    void the_service_of_a_shard_is_known_by_its_name() {
        assertThat(Shards.serviceOf("desk-0")).isEqualTo("desk");
        assertThat(Shards.serviceOf("front-desk-12")).isEqualTo("front-desk");
        assertThat(Shards.serviceOf("front-desk")).isEqualTo("front-desk");
        assertThat(Shards.serviceOf("desk-x1")).isEqualTo("desk-x1");
        assertThatThrownBy(() -> MessageType.parse("desk-0.noted.v1")).hasMessageContaining("a shard's");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"desk", "desk:0", "desk:65", "desk:100", "Desk:2", "desk-1:2", "desk:2@noon", "desk:2,file:2"})
    void what_is_no_rule_is_refused(String text) {
        assertThatThrownBy(() -> at(NOON, text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void rules_of_a_service_come_in_the_order_of_their_instants() {
        assertThatThrownBy(() -> at(NOON, "desk:4@2026-12-01T12:00:00Z", "desk:2"))
                .hasMessageContaining("not later");
    }
}
