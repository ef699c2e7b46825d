package postbus.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.client.config.ClientConfig;
import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import io.vertx.core.internal.VertxInternal;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is at the port where members find each other for those that are none. */
@Timeout(120)
class ClusterPortTest {
    private static final String CLUSTER = "cluster-port-" + UUID.randomUUID();
    private static final int PATIENCE_MS = 30_000;

    private static Node node;
    private static HazelcastInstance hazelcast;
    private static InetSocketAddress address;

    @BeforeAll
    static void start() {
        node = Node.joinCluster(Settings.of(Map.of("CLUSTER_NAME", CLUSTER, "CLUSTER_PORT", "29501")));
        hazelcast = ((Member) ((VertxInternal) node.vertx()).clusterManager()).getHazelcastInstance();
        address = hazelcast.getCluster().getLocalMember().getSocketAddress();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /hazelcast/health HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /hazelcast/rest/cluster HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "version\r\n"
            })
    void rest_and_memcache_requests_get_nothing(String request) throws IOException {
        try (var socket = new Socket(address.getAddress(), address.getPort())) {
            socket.setSoTimeout(PATIENCE_MS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            assertThat(answer(socket)).as("closed without a word").isEmpty();
        }
    }

    private static byte[] answer(Socket socket) throws IOException {
        try {
            return socket.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            return new byte[0];
        }
    }

    @Test
    void a_hazelcast_client_gets_nothing() {
        var config = new ClientConfig().setClusterName(CLUSTER);
        config.getNetworkConfig().addAddress(address.getHostString() + ":" + address.getPort());
        config.getConnectionStrategyConfig().getConnectionRetryConfig().setClusterConnectTimeoutMillis(2_000);
        config.setProperty("hazelcast.logging.type", "slf4j");
        assertThatThrownBy(() -> HazelcastClient.newHazelcastClient(config)).isInstanceOf(IllegalStateException.class);
        assertThat(hazelcast.getClientService().getConnectedClients()).isEmpty();
    }

    @Test
    void nobody_is_looked_for_or_found_beyond_the_address_and_the_members_that_are_set() throws IOException {
        var network = hazelcast.getConfig().getAdvancedNetworkConfig();
        assertThat(network.getJoin().getMulticastConfig().isEnabled()).isFalse();
        assertThat(network.getJoin().getAutoDetectionConfig().isEnabled()).isFalse();
        assertThat(network.getEndpointConfigs()).hasSize(1); // of members
        for (var others = NetworkInterface.getNetworkInterfaces(); others.hasMoreElements(); ) {
            others.nextElement()
                    .inetAddresses()
                    .filter(each -> !each.isLoopbackAddress())
                    .forEach(each -> {
                        assertThatThrownBy(() -> new Socket(each, address.getPort()).close())
                                .as(each.toString())
                                .isInstanceOf(IOException.class);
                    });
        }
        assertThat(address.getAddress()).isEqualTo(InetAddress.getLoopbackAddress());
    }

    @Test
    void objects_of_classes_that_members_do_not_exchange_are_not_made() {
        var config = new Config().setClusterName(CLUSTER);
        config.setProperty("hazelcast.logging.type", "slf4j")
                .setProperty("hazelcast.partition.count", "31")
                .setProperty("hazelcast.socket.bind.any", "false");
        config.getNetworkConfig()
                .setPort(29_531)
                .getInterfaces()
                .setEnabled(true)
                .addInterface("127.0.0.1");
        var join = config.getNetworkConfig().getJoin();
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true).addMember(address.getHostString() + ":" + address.getPort());
        var stranger = Hazelcast.newHazelcastInstance(config);
        try {
            assertThat(hazelcast.getCluster().getMembers()).hasSize(2);
            stranger.getMap("trap").put("key", new Trap());
            var readBefore = Trap.READ.get();
            assertThat(stranger.getMap("trap").get("key")).isInstanceOf(Trap.class);
            assertThat(Trap.READ.get())
                    .as("where every class is allowed, it runs")
                    .isGreaterThan(readBefore);

            var read = Trap.READ.get();
            assertThatThrownBy(() -> hazelcast.getMap("trap").get("key"))
                    .isInstanceOf(HazelcastSerializationException.class)
                    .hasMessageContaining("not allowed");
            assertThat(Trap.READ.get()).isEqualTo(read);
        } finally {
            stranger.shutdown();
        }
    }

    /** Does something while it is read, which is what such objects are sent for. */
    private static final class Trap implements Serializable {
        private static final long serialVersionUID = 1;
        private static final AtomicInteger READ = new AtomicInteger();

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            READ.incrementAndGet();
        }
    }
}
