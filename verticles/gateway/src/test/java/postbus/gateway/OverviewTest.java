package postbus.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import postbus.messaging.Observer;
import postbus.messaging.relay.Progress;
import postbus.messaging.relay.RelayStatus;
import postbus.node.NodeReport;

/** What the overview makes of what nodes say, and of what they do not say any more. */
class OverviewTest {
    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");

    private long nanos;
    private final Overview overview = new Overview(Clock.fixed(NOW, ZoneOffset.UTC), () -> nanos);

    private static NodeReport report(String node) {
        return new NodeReport(
                1,
                node,
                List.of("shipping"),
                "0.1.0",
                NOW,
                "host",
                7,
                null,
                false,
                List.of(),
                1,
                0.5,
                Map.of(),
                List.of(),
                Map.of(),
                List.of());
    }

    private static NodeReport appending(String node, long appended) {
        return new NodeReport(
                1,
                node,
                List.of("ordering"),
                "0.1.0",
                NOW,
                "host",
                7,
                null,
                false,
                List.of(),
                1,
                0.5,
                Map.of("ordering", appended),
                List.of(),
                Map.of(),
                List.of());
    }

    private static NodeReport relaying(String node, RelayStatus... relays) {
        return new NodeReport(
                1,
                node,
                List.of("outbox"),
                "0.1.0",
                NOW,
                "host",
                7,
                null,
                false,
                List.of(),
                1,
                0.5,
                Map.of(),
                List.of(),
                Map.of(),
                List.of(relays));
    }

    private static NodeReport applying(String node, long applied, long within10ms, long within100ms) {
        var within = new ArrayList<>(Collections.nCopies(NodeReport.latencies().size(), applied));
        for (int i = 0; i < within.size(); i++) {
            var limit = NodeReport.latencies().get(i).toMillis();
            within.set(i, limit < 10 ? 0 : limit < 100 ? within10ms : within100ms);
        }
        return new NodeReport(
                1,
                node,
                List.of("shipping"),
                "0.1.0",
                NOW,
                "host",
                7,
                null,
                false,
                List.of(),
                1,
                0.5,
                Map.of(),
                List.of(new NodeReport.Flow("shipping", "ordering", applied, 0, within)),
                Map.of("shipping", List.of(new Observer.Held("ordering", 3, 2))),
                List.of());
    }

    private static RelayStatus leading(boolean isLive, Progress.Lane... lanes) {
        return leading(isLive, false, lanes);
    }

    private static RelayStatus leading(boolean isLive, boolean isPaused, Progress.Lane... lanes) {
        var progress = new Progress("shipping", isLive, isPaused, Duration.ofSeconds(2), List.of(lanes));
        return new RelayStatus("ordering", true, 40, List.of(progress));
    }

    private void pass(Duration duration) {
        nanos += duration.toNanos();
    }

    private Snapshot.Subscription subscription() {
        var all = overview.snapshot().subscriptions();
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    private Snapshot.Source source() {
        var all = overview.snapshot().sources();
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    @Test
    void a_node_not_heard_of_for_10_s_is_gone() {
        overview.heard(report("a"));
        pass(Duration.ofSeconds(9));
        overview.heard(report("b"));
        assertThat(overview.snapshot().nodes()).extracting(Snapshot.Node::id).containsExactly("a", "b");

        pass(Duration.ofSeconds(2));
        assertThat(overview.snapshot().nodes()).extracting(Snapshot.Node::id).containsExactly("b");
    }

    @Test
    void a_node_that_says_that_it_leaves_is_gone_at_once() {
        overview.heard(report("a"));
        overview.heard(new NodeReport(
                1, "a", List.of(), "0.1.0", NOW, "host", 7, null, true, List.of(), 1, 0.5, Map.of(), List.of(),
                Map.of(), List.of()));
        assertThat(overview.snapshot().nodes()).isEmpty();
    }

    @Test
    void what_is_appended_a_second_is_of_all_nodes_and_of_the_last_seconds() {
        for (int second = 0; second <= 20; second++) {
            overview.heard(appending("a", second < 10 ? 0 : 1_000 + 10L * second));
            overview.heard(appending("b", 30L * second));
            pass(Duration.ofSeconds(1));
        }
        assertThat(source().appendedPerSecond()).isEqualTo(40);
    }

    @Test
    void a_node_that_has_just_started_counts_from_its_first_report() {
        overview.heard(appending("a", 1_000_000));
        assertThat(source().appendedPerSecond()).isZero();
    }

    @Test
    void a_node_that_is_silent_does_nothing() {
        overview.heard(appending("a", 0));
        pass(Duration.ofSeconds(1));
        overview.heard(appending("a", 100));
        pass(Duration.ofSeconds(4));
        assertThat(source().appendedPerSecond()).isZero();
    }

    @Test
    void the_relay_that_leads_is_named_and_the_others_are_counted() {
        overview.heard(relaying("a", leading(true)));
        overview.heard(relaying("b", new RelayStatus("ordering", false, 0, List.of())));
        assertThat(source()).isEqualTo(new Snapshot.Source("ordering", 40, "a", 1, 0));
    }

    @Test
    void a_source_that_nobody_leads_any_more_has_no_node_but_what_was_known_of_it() {
        overview.heard(relaying("a", leading(false, new Progress.Lane(0, 5, 9, 4, NOW.minusSeconds(60)))));
        overview.heard(relaying("a", new RelayStatus("ordering", false, 0, List.of())));
        assertThat(source()).isEqualTo(new Snapshot.Source("ordering", 40, null, 1, 0));
        assertThat(subscription().lag()).isEqualTo(4);
    }

    @Test
    void the_lag_of_a_subscription_is_that_of_all_lanes_and_as_old_as_the_oldest() {
        overview.heard(relaying(
                "a",
                leading(
                        true,
                        new Progress.Lane(0, 5, 9, 4, NOW.minusMillis(1_500)),
                        new Progress.Lane(1, 8, 8, 0, null),
                        new Progress.Lane(2, 1, 7, 3, NOW.minusMillis(4_500)))));
        assertThat(subscription().lag()).isEqualTo(7);
        assertThat(subscription().lagSeconds()).isEqualTo(4.5);
        assertThat(subscription().state()).isEqualTo("live");
        assertThat(subscription().lanes()).contains(new Snapshot.Lane(2, 1, 7));
    }

    @Test
    void a_subscription_is_behind_when_a_message_waits_5_s_for_it_and_silent_when_it_is_not_heard_of() {
        overview.heard(relaying("a", leading(true, new Progress.Lane(0, 5, 9, 4, NOW.minusSeconds(5)))));
        assertThat(subscription().state()).isEqualTo("behind");

        overview.heard(relaying("a", leading(false, new Progress.Lane(0, 5, 9, 4, NOW.minusSeconds(5)))));
        assertThat(subscription().state()).isEqualTo("silent");
    }

    @Test
    void a_subscription_that_is_paused_is_so_however_long_messages_wait_for_it() {
        overview.heard(relaying("a", leading(true, true, new Progress.Lane(0, 5, 9, 4, NOW.minusSeconds(60)))));
        assertThat(subscription().state()).isEqualTo("paused");
    }

    @Test
    void how_long_messages_took_is_of_all_instances_and_of_the_last_seconds() {
        overview.heard(relaying("relay", leading(true)));
        overview.heard(applying("a", 1_000, 0, 0));
        overview.heard(applying("b", 500, 0, 0));
        pass(Duration.ofSeconds(1));
        overview.heard(applying("a", 1_090, 90, 90));
        overview.heard(applying("b", 510, 0, 10));
        var subscription = subscription();

        assertThat(subscription.appliedPerSecond()).isEqualTo(100);
        var handled = subscription.handledMillis();
        assertThat(handled).isNotNull();
        assertThat(handled.p50()).isBetween(7.0, 10.0);
        assertThat(handled.p99()).isCloseTo(97.5, within(2.5));
    }

    @Test
    void nothing_is_said_of_how_long_messages_took_when_none_was_handled() {
        overview.heard(relaying("relay", leading(true)));
        overview.heard(applying("a", 1_000, 500, 1_000));
        assertThat(subscription().handledMillis()).isNull();
    }

    @Test
    void what_is_parked_and_dead_is_counted_once_however_many_instances_tell_it() {
        overview.heard(relaying("relay", leading(true)));
        overview.heard(applying("a", 1, 1, 1));
        overview.heard(applying("b", 1, 1, 1));
        assertThat(subscription().parked()).isEqualTo(3);
        assertThat(subscription().dead()).isEqualTo(2);
    }
}
