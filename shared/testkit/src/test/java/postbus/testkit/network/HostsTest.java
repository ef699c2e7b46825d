package postbus.testkit.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.testkit.Await;

@Timeout(120)
class HostsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static Hosts hosts;
    private static Host first;
    private static Host second;
    private static Host third;
    private static Probe onFirst;
    private static Probe onSecond;

    @BeforeAll
    static void start() throws IOException {
        Hosts.assumePossible();
        hosts = Hosts.create(3);
        first = hosts.host(1);
        second = hosts.host(2);
        third = hosts.host(3);
        onFirst = Probe.start(first);
        onSecond = Probe.start(second);
    }

    @AfterAll
    static void stop() {
        if (hosts != null) {
            onFirst.close();
            onSecond.close();
            hosts.close();
            assertThat(Shell.run("ip", "netns", "list")).doesNotContain(first.namespace());
        }
    }

    @AfterEach
    void heal() {
        hosts.heal();
        assertThat(onFirst.answers(second)).as("healed").isTrue();
    }

    @Test
    void hosts_reach_each_other_and_are_reached_from_here() {
        assertThat(onSecond.answers(first)).isTrue();
        assertThat(onSecond.answers(third)).isTrue();
        assertThat(onSecond.answers(hosts.here())).isTrue();
    }

    @Test
    void a_cut_separates_two_groups_and_leaves_the_rest_alone() {
        var cut = hosts.cut(List.of(first), List.of(second));
        assertThat(onSecond.answers(first)).isFalse();
        assertThat(onFirst.answers(second)).isFalse();
        assertThat(onFirst.answers(third)).isTrue();
        assertThat(onSecond.answers(third)).isTrue();
        cut.heal();
        assertThat(onSecond.answers(first)).isTrue();
    }

    @Test
    void a_fault_that_ends_leaves_the_others() {
        var one = hosts.cut(List.of(first), List.of(second));
        var other = hosts.cut(List.of(first), List.of(third));
        one.heal();
        assertThat(onFirst.answers(second)).isTrue();
        assertThat(onFirst.answers(third)).isFalse();
        other.heal();
        assertThat(onFirst.answers(third)).isTrue();
    }

    @Test
    void a_deaf_host_is_heard_but_hears_nothing() {
        hosts.deafen(first);
        int before = onFirst.heard();
        int beforeSecond = onSecond.heard();
        onFirst.sendFrom(second, 10);
        onSecond.sendFrom(first, 10);
        Await.until("the other hears it", PATIENCE, () -> onSecond.heard() == beforeSecond + 10);
        onFirst.sendFrom(hosts.here(), 1);
        Await.until("it hears who is no host", PATIENCE, () -> onFirst.heard() > before);
        assertThat(onFirst.heard()).isEqualTo(before + 1);
    }

    @Test
    void packets_are_lost_by_chance() {
        hosts.lose(first, 50);
        int before = onFirst.heard();
        onFirst.sendFrom(second, 400);
        hosts.heal();
        onFirst.sendFrom(second, 1); // keeps the order: all that were not lost are there before it
        Await.until("some are heard", PATIENCE, () -> onFirst.heard() > before + 120);
        assertThat(onFirst.heard() - before).isBetween(120, 280);
    }

    @Test
    void a_delay_applies_to_each_direction_and_ends() {
        hosts.delay(first, Duration.ofMillis(200));
        assertThat(onFirst.roundTrip(second)).isGreaterThanOrEqualTo(Duration.ofMillis(400));
        assertThat(onSecond.roundTrip(first)).isGreaterThanOrEqualTo(Duration.ofMillis(400));
        hosts.heal();
        Await.until("undelayed again", PATIENCE, () -> onFirst.roundTrip(second).compareTo(Duration.ofMillis(400)) < 0);
    }

    @Test
    void a_host_without_its_cable_is_alone() {
        hosts.unplug(first);
        assertThat(onSecond.answers(first)).isFalse();
        assertThat(onSecond.answers(third)).isTrue();
        assertThat(onFirst.answers(hosts.here())).isFalse();
    }

    @Test
    void what_listens_here_is_reached_by_way_of_the_database_host_until_that_is_cut_off() throws IOException {
        try (var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofPlatform().daemon().start(() -> echo(server));
            var url = hosts.publish("postgresql://p:p@127.0.0.1:" + server.getLocalPort() + "/x");
            assertThat(url)
                    .startsWith("postgresql://p:p@" + hosts.database().address() + ":")
                    .endsWith("/x");
            int port = Integer.parseInt(url.replaceAll(".*:(\\d+)/x", "$1"));
            assertThat(Probe.answers(first, hosts.database().address(), port)).isTrue();
            hosts.cut(List.of(first), List.of(hosts.database()));
            assertThat(Probe.answers(first, hosts.database().address(), port)).isFalse();
            assertThat(Probe.answers(second, hosts.database().address(), port)).isTrue();
            assertThat(onFirst.answers(hosts.here())).isTrue();
        }
    }

    private static void echo(ServerSocket server) {
        try {
            while (true) {
                var client = server.accept();
                client.getInputStream().transferTo(client.getOutputStream());
            }
        } catch (IOException e) {
            // closed
        }
    }

    @Test
    void what_a_killed_run_left_is_removed() {
        var ended = "postbus-" + Long.MAX_VALUE + "-1-host-1"; // no process has this number
        Shell.run("ip", "netns", "add", ended);
        Hosts.create(1).close();
        assertThat(Shell.run("ip", "netns", "list")).doesNotContain(ended).contains(first.namespace());
    }
}
