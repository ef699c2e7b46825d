package postbus.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.core.EntryAdapter;
import com.hazelcast.core.EntryEvent;
import com.hazelcast.multimap.MultiMap;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import io.vertx.spi.cluster.hazelcast.impl.HazelcastRegistrationInfo;
import io.vertx.spi.cluster.hazelcast.impl.SubsMapHelper;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class MemberTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String ADDRESS = "greeting";

    private static final Settings SETTINGS =
            Settings.of(Map.of("CLUSTER_NAME", "member-" + UUID.randomUUID(), "CLUSTER_PORT", "28901"));

    private static Node first;
    private static Node second;

    @BeforeAll
    static void start() {
        first = Node.joinCluster(SETTINGS);
        second = Node.joinCluster(SETTINGS);
        answering(second, ADDRESS);
        await(() -> answers(first, ADDRESS));
    }

    @AfterAll
    static void stop() {
        second.close();
        first.close();
    }

    @Test
    void a_member_that_others_forgot_by_mistake_is_registered_again() throws Exception {
        var cluster = member(first).getHazelcastInstance().getCluster();
        var other = cluster.getMembers().stream()
                .filter(member -> !member.localMember())
                .findFirst()
                .orElseThrow();
        var removed = new CountDownLatch(1);
        subscriptions(first)
                .addEntryListener(
                        new EntryAdapter<String, HazelcastRegistrationInfo>() {
                            @Override
                            public void entryRemoved(EntryEvent<String, HazelcastRegistrationInfo> event) {
                                removed.countDown();
                            }
                        },
                        ADDRESS,
                        false);
        // As one would hear late that the other was left out, which has long come back
        member(first)
                .memberRemoved(
                        new MembershipEvent(cluster, other, MembershipEvent.MEMBER_REMOVED, cluster.getMembers()));
        assertThat(removed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("forgotten")
                .isTrue();
        await(() -> nodeIds(first).equals(Set.of(member(second).getNodeId())));
        await(() -> answers(first, ADDRESS));
    }

    @Test
    void registrations_of_nobody_are_removed() {
        awaitStrangersRemoved();
        assertThat(nodeIds(first)).containsExactly(member(second).getNodeId());
    }

    private static void awaitStrangersRemoved() {
        var stranger = UUID.randomUUID().toString();
        var map = subscriptions(first);
        map.put("of-nobody", new HazelcastRegistrationInfo(new RegistrationInfo(stranger, 1, false)));
        await(() -> !map.containsKey("of-nobody"));
    }

    @Test
    void a_cluster_that_answers_is_told_from_one_that_does_not() throws Exception {
        for (int i = 0; i < 2; i++) {
            var answered = new CountDownLatch(1);
            first.clusterChecks().execute(answered::countDown);
            assertThat(answered.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void what_was_unregistered_stays_so() {
        var consumer = second.vertx().eventBus().consumer("short-lived", message -> {});
        consumer.completion().await();
        consumer.unregister().await();
        var map = subscriptions(first);
        // The checks that would bring it back, twice: a stranger goes at the second look
        awaitStrangersRemoved();
        assertThat(map.containsKey("short-lived")).isFalse();
    }

    @Test
    void a_member_that_hears_of_no_change_finds_who_answers_now() throws Exception {
        try (var deaf = Node.joinCluster(SETTINGS)) {
            var earlier = answering(second, "moving");
            await(() -> answers(deaf, "moving"));
            deafen(deaf);
            earlier.unregister().await();
            answering(first, "moving");
            await(() -> answers(deaf, "moving"));
        }
    }

    private static MessageConsumer<String> answering(Node node, String address) {
        var consumer = node.vertx().eventBus().<String>consumer(address, question -> question.reply("hello"));
        consumer.completion().await();
        return consumer;
    }

    /** As if every event of a change was lost on its way to it; vertx-hazelcast keeps to itself that it listens. */
    private static void deafen(Node node) throws ReflectiveOperationException {
        var ears = HazelcastClusterManager.class.getDeclaredField("subsMapHelper");
        ears.setAccessible(true);
        var id = SubsMapHelper.class.getDeclaredField("listenerId");
        id.setAccessible(true);
        assertThat(subscriptions(node).removeEntryListener((UUID) id.get(ears.get(member(node)))))
                .isTrue();
    }

    private static Member member(Node node) {
        return (Member) ((VertxInternal) node.vertx()).clusterManager();
    }

    private static MultiMap<String, HazelcastRegistrationInfo> subscriptions(Node node) {
        return member(node).getHazelcastInstance().getMultiMap(Member.REGISTRATIONS);
    }

    private static Set<String> nodeIds(Node node) {
        return subscriptions(node).get(ADDRESS).stream()
                .map(info -> info.unwrap().nodeId())
                .collect(Collectors.toSet());
    }

    private static boolean answers(Node asking, String address) {
        try {
            asking.vertx()
                    .eventBus()
                    .request(address, "?", new DeliveryOptions().setSendTimeout(2_000))
                    .await();
            return true;
        } catch (ReplyException e) {
            return false;
        }
    }

    private static void await(BooleanSupplier condition) {
        var end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("within " + PATIENCE).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }
}
