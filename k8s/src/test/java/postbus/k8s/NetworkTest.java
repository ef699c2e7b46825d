package postbus.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import postbus.k8s.Network.Party;

/** Who reaches whom, in every overlay: each pair is asked for, not only those that were thought of. */
@ParameterizedClass
@ValueSource(strings = {"local", "production"})
class NetworkTest {
    private static final int HTTP = 8080;
    private static final int OPS = 8081;
    private static final int BUS = 15700;
    private static final int HAZELCAST = 15701;
    private static final int POSTGRES = 5432;
    private static final int[] PORTS = {HTTP, OPS, BUS, HAZELCAST, POSTGRES};

    private final List<Party> nodes = new ArrayList<>();
    private final Party database;
    private final Network network;

    NetworkTest(String overlay) {
        var manifests = Manifests.of(overlay);
        network = new Network(manifests);
        manifests
                .deployments()
                .forEach(one -> nodes.add(
                        Party.pod(one.getMetadata().getName(), one.getSpec().getTemplate())));
        database = overlay.equals("local")
                ? Party.pod("postgres", Pods.templates(manifests).get("postgres"))
                : Party.database(servers(manifests.all(PostgresCluster.class).get(0)));
    }

    /** The operator labels its pods with the cluster's name, and with what the cluster says. */
    private static Map<String, String> servers(PostgresCluster cluster) {
        var labels = new TreeMap<>(cluster.spec().inheritedMetadata().labels());
        labels.put("cnpg.io/cluster", cluster.metadata().name());
        return labels;
    }

    @Test
    void from_outside_only_the_gateway_is_reached() {
        assertThat(reached(Party.elsewhere("ingress-nginx"))).containsExactly("gateway:" + HTTP);
    }

    @Test
    void whoever_else_is_in_the_cluster_or_outside_of_it_reaches_nothing() {
        assertThat(reached(Party.elsewhere("default"))).isEmpty();
        assertThat(reached(Party.internet())).isEmpty();
        assertThat(reached(new Party("stranger", Network.OURS, Map.of("app", "stranger"), null)))
                .isEmpty();
    }

    @Test
    void prometheus_reaches_the_metrics_of_every_node_and_no_bus() {
        var metrics = nodes.stream().map(node -> node.name() + ":" + OPS).toList();
        assertThat(reached(Party.elsewhere("monitoring"))).containsExactlyInAnyOrderElementsOf(metrics);
    }

    @Test
    void every_member_reaches_the_bus_and_hazelcast_of_every_member_and_not_its_http() {
        for (var from : nodes) {
            for (var to : nodes) {
                assertThat(network.allows(from, to, BUS)).as(from + " to " + to).isTrue();
                assertThat(network.allows(from, to, HAZELCAST)).isTrue();
                assertThat(network.allows(from, to, HTTP)).isFalse();
                assertThat(network.allows(from, to, OPS)).isFalse();
            }
        }
    }

    @Test
    void the_bus_is_reached_by_members_alone() {
        var others = Stream.concat(
                Stream.of("default", "monitoring", "ingress-nginx", "kube-system", "cnpg-system")
                        .map(Party::elsewhere),
                Stream.of(database));
        assertThat(others)
                .allSatisfy(other -> assertThat(nodes)
                        .noneMatch(node -> network.allows(other, node, BUS) || network.allows(other, node, HAZELCAST)));
    }

    @Test
    void postgres_is_reached_by_services_and_relays_and_not_by_the_gateway() {
        for (var node : nodes) {
            assertThat(network.allows(node, database, POSTGRES))
                    .as(node.name())
                    .isEqualTo(!node.name().equals("gateway"));
        }
        for (var namespace : List.of("default", "monitoring", "ingress-nginx")) {
            assertThat(network.allows(Party.elsewhere(namespace), database, POSTGRES))
                    .as(namespace)
                    .isFalse();
        }
    }

    @Test
    void everybody_may_ask_for_names() {
        assertThat(nodes).allMatch(node -> network.allows(node, Party.dns(), 53));
        assertThat(network.allows(database, Party.dns(), 53)).isTrue();
    }

    @Test
    void only_who_has_something_to_say_there_talks_to_the_internet() {
        var talks = nodes.stream()
                .filter(node ->
                        IntStream.of(80, 443, 8080, 25).anyMatch(port -> network.allows(node, Party.internet(), port)))
                .map(Party::name)
                .toList();
        assertThat(Set.of("notifications", "gateway")).containsAll(talks);
        assertThat(talks).contains("notifications");
        assertThat(nodes).noneMatch(node -> network.allows(node, Party.internet(), 25));
    }

    private Set<String> reached(Party from) {
        var reached = new TreeSet<String>();
        Stream.concat(nodes.stream(), Stream.of(database))
                .forEach(to -> IntStream.of(PORTS)
                        .filter(port -> to.container() == null
                                || to.container().getPorts().stream().anyMatch(one -> one.getContainerPort() == port))
                        .filter(port -> network.allows(from, to, port))
                        .forEach(port -> reached.add(to.name() + ":" + port)));
        return reached;
    }
}
