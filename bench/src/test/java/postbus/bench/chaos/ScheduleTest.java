package postbus.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final Targets TARGETS =
            new Targets(List.of("outbox-1", "outbox-2", "gateway-1"), List.of("host-1", "host-2", "host-3"));

    private static Schedule read(String... lines) {
        return Schedule.read(List.of(lines), TARGETS);
    }

    @Test
    void every_fault_reads_back_as_it_was_written() {
        var lines = List.of(
                "0s kill outbox-1",
                "500ms term gateway-1",
                "20s stop outbox-2 for 40s",
                "30s terminate-connections",
                "45s restart-postgres",
                "50s crash-postgres",
                "60s slow-database 500ms for 10s",
                "61s refuse-database for 2s",
                "65s mute-database for 15s",
                "70s cut host-1,host-2|host-3 for 20s",
                "72s cut host-1|host-2,host-3,database for 20s",
                "80s deafen host-1 for 5s",
                "81s unplug host-3 for 2s",
                "82s delay host-1 200ms for 3s",
                "90s lose host-2 30% for 15s");
        var schedule = Schedule.read(lines, TARGETS);
        assertThat(schedule.entries()).hasSize(15);
        assertThat(schedule.lines()).isEqualTo(lines);
        assertThat(schedule.end()).isEqualTo(Duration.ofSeconds(105));
    }

    @Test
    void comments_and_empty_lines_count_for_nothing_and_order_is_by_time() {
        var schedule = read("# what happened on Tuesday", "", "2m kill outbox-1 # the leader", "  9s   term  gateway ");
        assertThat(schedule.lines()).containsExactly("9s term gateway-1", "120s kill outbox-1");
    }

    @Test
    void what_is_wrong_is_told_with_its_line_and_what_is_allowed() {
        assertThatThrownBy(() -> read("1s kill outbox-1", "2s explode outbox-1"))
                .hasMessageStartingWith("line 2: no fault 'explode'; allowed:")
                .hasMessageContaining("terminate-connections");
        assertThatThrownBy(() -> read("1s kill outbox-9"))
                .hasMessage("line 1: no instance 'outbox-9'; there are: outbox-1, outbox-2, gateway-1");
        assertThatThrownBy(() -> read("soon kill outbox-1"))
                .hasMessage("line 1: not a duration: 'soon'; allowed: 500ms, 12s, 2m");
        assertThatThrownBy(() -> read("1s stop outbox-1"))
                .hasMessageContaining("line 1: 'stop outbox-1' is not complete")
                .hasMessageContaining("stop INSTANCE for DURATION");
        assertThatThrownBy(() -> read("1s restart-postgres now"))
                .hasMessageContaining("line 1: 'restart-postgres now'");
        assertThatThrownBy(() -> read("1s lose host-2 all for 5s"))
                .hasMessage("line 1: not a percentage: 'all'; allowed: 0% to 99%");
        assertThatThrownBy(() -> read("1s cut host-1|host-1 for 5s")).hasMessageContaining("on both sides");
        assertThatThrownBy(() -> read("1s deafen host-7 for 5s"))
                .hasMessage("line 1: no host 'host-7'; there are: host-1, host-2, host-3");
        assertThatThrownBy(() -> read("1s")).hasMessageStartingWith("line 1: ");
    }

    @Test
    void without_hosts_there_are_no_network_faults() {
        var local = new Targets(List.of("outbox-1"), List.of());
        assertThatThrownBy(() -> Schedule.read(List.of("1s deafen host-1 for 5s"), local))
                .hasMessageContaining("no network faults in this run");
        for (long seed = 0; seed < 50; seed++) {
            assertThat(draw(seed, local).lines()).noneMatch(line -> line.contains("host-"));
        }
    }

    private static Schedule draw(long seed, Targets targets) {
        return Chance.draw(seed, targets, Duration.ofMinutes(15), Duration.ofSeconds(8));
    }

    @Test
    void a_seed_draws_the_same_faults_each_time_and_another_seed_others() {
        assertThat(draw(7, TARGETS)).isEqualTo(draw(7, TARGETS)).isNotEqualTo(draw(8, TARGETS));
    }

    @Test
    void what_is_drawn_can_be_read_back() {
        for (long seed = 0; seed < 200; seed++) {
            var schedule = draw(seed, TARGETS);
            assertThat(Schedule.read(schedule.lines(), TARGETS).lines())
                    .as("seed %d", seed)
                    .isEqualTo(schedule.lines());
        }
    }

    @Test
    void faults_are_as_frequent_as_told_of_every_kind_and_over_in_time() {
        var schedule = draw(1, TARGETS);
        assertThat(schedule.entries()).hasSizeBetween(90, 140);
        assertThat(schedule.end()).isLessThanOrEqualTo(Duration.ofMinutes(15).plusSeconds(1));
        assertThat(schedule.entries().stream().map(entry -> entry.fault().kind()))
                .contains(
                        "kill",
                        "term",
                        "stop",
                        "terminate-connections",
                        "restart-postgres",
                        "crash-postgres",
                        "slow-database",
                        "refuse-database",
                        "mute-database",
                        "cut",
                        "unplug",
                        "deafen",
                        "delay",
                        "lose");
    }
}
