package postbus.shop;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import postbus.node.Node;
import postbus.node.NodeContext;
import postbus.node.NodeService;
import postbus.node.Settings;

/**
 * The main class of a process that runs every service of the shop as one member of a cluster, so that a half of a cut
 * cluster has all it needs in one JVM. Besides, it tells over HTTP what this member believes of the cluster.
 */
final class ShopNode {
    static final int PROBE_PORT = 9_900;

    private ShopNode() {}

    public static void main(String[] arguments) {
        var conf = Path.of(System.getenv("CONF_DIR"));
        Node.useLogging(conf, System.getenv());
        System.setProperty("hazelcast.logging.type", "slf4j");
        var services = new ArrayList<NodeService>();
        services.add(NodeService.withoutSchema("probe", Probe::new));
        services.addAll(ShopMain.SERVICES);
        try {
            var node = Node.joinCluster(Settings.load(conf, "shop", System.getenv()));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                node.close();
                Runtime.getRuntime().halt(0);
            }));
            node.deploy(services, name -> Settings.load(conf, name, System.getenv()));
            System.out.println("shop is ready, http://127.0.0.1:" + node.httpPort());
        } catch (Exception e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    /** What a member believes. */
    private static final class Probe extends VerticleBase {
        private static final String WHO = "probe.who";
        private static final int QUESTIONS = 12;

        private final String address;

        Probe(NodeContext node) {
            address = node.settings().text("CLUSTER_HOST", "");
        }

        @Override
        public Future<?> start() {
            var me = clusterManager().getNodeId();
            vertx.eventBus().<String>consumer(WHO, question -> question.reply(me));
            return vertx.createHttpServer().requestHandler(this::answer).listen(PROBE_PORT, address);
        }

        private HazelcastClusterManager clusterManager() {
            return (HazelcastClusterManager) ((VertxInternal) vertx).clusterManager();
        }

        private void answer(HttpServerRequest request) {
            (request.path().equals("/cluster") ? cluster() : askAround())
                    .onComplete(
                            found -> request.response().end(found.encode()),
                            failure -> request.response().setStatusCode(500).end(failure.toString()));
        }

        /** Members, and which of them are registered for which address. */
        private Future<JsonObject> cluster() {
            var manager = clusterManager();
            return vertx.executeBlocking(() -> manager.getHazelcastInstance()
                            .<String, Object>getMultiMap("__vertx.subs")
                            .keySet())
                    .compose(addresses -> {
                        var registrations = new JsonObject();
                        return Future.all(addresses.stream()
                                        .map(found -> Future.<List<RegistrationInfo>>future(
                                                        promise -> manager.getRegistrations(found, promise))
                                                .onSuccess(infos -> registrations.put(
                                                        found,
                                                        new JsonArray(infos.stream()
                                                                .map(RegistrationInfo::nodeId)
                                                                .sorted()
                                                                .toList()))))
                                        .toList())
                                .map(all -> new JsonObject()
                                        .put("me", manager.getNodeId())
                                        .put(
                                                "members",
                                                new JsonArray(manager.getNodes().stream()
                                                        .sorted()
                                                        .toList()))
                                        .put("registrations", registrations));
                    });
        }

        /** Who answers when anyone is asked, several times. */
        private Future<JsonObject> askAround() {
            var questions = IntStream.range(0, QUESTIONS)
                    .mapToObj(nth ->
                            vertx.eventBus().<String>request(WHO, "?", new DeliveryOptions().setSendTimeout(2_000)))
                    .toList();
            return Future.all(questions)
                    .map(all -> new JsonObject()
                            .put(
                                    "answered",
                                    new JsonArray(questions.stream()
                                            .map(reply -> reply.result().body())
                                            .sorted()
                                            .distinct()
                                            .toList())));
        }
    }
}
