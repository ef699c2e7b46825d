package postbus.node;

import com.hazelcast.config.Config;
import com.hazelcast.config.InterfacesConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which cluster a node joins, and how.
 *
 * @param name nodes of another name never join, even on the same machine
 * @param host the address this node binds to, for the event bus and for Hazelcast
 * @param port first port to try for Hazelcast; the next free one within 100 is taken
 * @param portsToTry how many ports of a member's host are tried, from {@code port} on, where it comes without one
 * @param members where to look for members: hosts, or {@code host:port}
 * @param busPort of the event bus; 0 for any free one
 * @param tls how members prove themselves on the event bus; null where they do not
 */
record Cluster(
        String name,
        String host,
        int port,
        int portsToTry,
        List<String> members,
        int busPort,
        @Nullable BusTls tls) {
    private static final int PORTS_OF_LOOPBACK = 30;

    static Cluster of(Settings settings) {
        var host = settings.text("CLUSTER_HOST", "127.0.0.1");
        return new Cluster(
                settings.text("CLUSTER_NAME", "postbus"),
                host,
                settings.integer("CLUSTER_PORT", 15701, 1, 65_000),
                settings.integer("CLUSTER_PORTS", host.startsWith("127.") ? PORTS_OF_LOOPBACK : 1, 1, 100),
                settings.list("CLUSTER_MEMBERS", "127.0.0.1"),
                settings.integer("BUS_PORT", 0, 0, 65_535),
                BusTls.of(settings));
    }

    Future<Vertx> join(VertxBuilder builder, VertxOptions options) {
        var bus = new EventBusOptions()
                .setHost(host)
                .setPort(busPort)
                // To a host that is cut off, instead of the default 60 s: what is sent to it waits for so long, also
                // when the network is whole again
                .setConnectTimeout(3_000)
                // A dead peer is noticed after these, instead of after up to 40 s
                .setClusterPingInterval(2_000)
                .setClusterPingReplyInterval(2_000);
        var member = new Member(hazelcast());
        if (tls == null) {
            return start(builder, options.setEventBusOptions(bus), member);
        }
        var identity = tls.identity();
        identity.applyTo(bus);
        return start(builder, options.setEventBusOptions(bus), member)
                .onSuccess(vertx -> new BusRenewal(vertx, tls, identity).start());
    }

    private static Future<Vertx> start(VertxBuilder builder, VertxOptions options, Member member) {
        return builder.with(options).withClusterManager(member).buildClustered().onSuccess(member::watch);
    }

    private Config hazelcast() {
        var config = new Config();
        // What vertx-hazelcast keeps: subscriptions of the event bus, and what it knows of nodes
        config.addMultiMapConfig(new MultiMapConfig(Member.REGISTRATIONS)
                .setBackupCount(1)
                .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET));
        config.addMapConfig(new MapConfig("__vertx.haInfo").setBackupCount(1));
        config.addMapConfig(new MapConfig(Member.WHEREABOUTS).setBackupCount(1));
        config.setClusterName(name);
        config.setSerializationConfig(KnownClasses.only());
        // As by default, which is nothing to rely on: no jobs, no code, no scripts of others
        config.getJetConfig().setEnabled(false).setResourceUploadEnabled(false);
        config.getManagementCenterConfig()
                .setConsoleEnabled(false)
                .setDataAccessEnabled(false)
                .setScriptingEnabled(false);
        config.setProperty("hazelcast.logging.type", "slf4j")
                .setProperty("hazelcast.phone.home.enabled", "false")
                .setProperty("hazelcast.shutdownhook.enabled", "false") // the node leaves in its own order
                .setProperty("hazelcast.socket.bind.any", "false")
                .setProperty("hazelcast.wait.seconds.before.join", "0")
                // A port where nobody listens costs 5 s whenever halves of a cluster look for each other
                .setProperty("hazelcast.tcp.join.port.try.count", String.valueOf(portsToTry))
                // Clusters that formed apart look for each other after 10 s and then every 5 s, instead of after 5 min
                .setProperty("hazelcast.merge.first.run.delay.seconds", "10")
                .setProperty("hazelcast.merge.next.run.delay.seconds", "5")
                // A silent member is dropped after 10 s, instead of after 60 s
                .setProperty("hazelcast.heartbeat.interval.seconds", "1")
                .setProperty("hazelcast.max.no.heartbeat.seconds", "10")
                // Who takes over as master does not wait 2 min for the answer of a member that it cannot reach
                .setProperty("hazelcast.mastership.claim.timeout.seconds", "15")
                // There are a few hundred small entries. Instead of 271 partitions: each is moved by itself whenever
                // a member comes or goes, and cannot be written meanwhile
                .setProperty("hazelcast.partition.count", "31")
                // A move whose packets were lost is given up after 20 s, instead of 5 min; any other call after 10 s
                // instead of 1 min, and then tried again by who needs it
                .setProperty("hazelcast.partition.migration.timeout", "20")
                .setProperty("hazelcast.operation.call.timeout.millis", "10000");
        // A port for members alone: no client, REST or memcache protocol is answered. And with the port that takes all
        // protocols, a thread spins at a full core while it waits for the peer to say which one it speaks, which on a
        // bad
        // network is long (hazelcast#26473)
        var network = config.getAdvancedNetworkConfig().setEnabled(true);
        network.setMemberEndpointConfig(new ServerSocketEndpointConfig()
                .setPort(port)
                .setPortAutoIncrement(true)
                .setPortCount(100)
                .setInterfaces(new InterfacesConfig().setEnabled(true).addInterface(host))
                .setSocketConnectTimeoutSeconds(3));
        var join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.setTcpIpConfig(new NamedMembers(members));
        return config;
    }
}
