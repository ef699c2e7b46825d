package postbus.node;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import io.vertx.spi.cluster.hazelcast.impl.HazelcastRegistrationInfo;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the cluster knows of this node's consumers on the event bus. */
final class Registrations {
    /** The name is vertx-hazelcast's. */
    static final String MAP = "__vertx.subs";

    private final Vertx vertx;
    private final @Nullable ClusterManager cluster;

    Registrations(Vertx vertx) {
        this.vertx = vertx;
        this.cluster = ((VertxInternal) vertx).clusterManager();
    }

    /** Whether there is another node that may send something here. */
    boolean areSharedWithOthers() {
        return cluster instanceof HazelcastClusterManager hazelcast
                && hazelcast.isActive()
                && hazelcast.getNodes().size() > 1;
    }

    /**
     * Has other nodes choose among the others from now on; the consumers stay and take what still arrives. Unregistering
     * a consumer does it the other way round: what was sent before its sender heard of that finds no consumer, is dropped
     * without a word, and missed only when the sender's patience ends.
     */
    Future<Void> withdraw() {
        if (!(cluster instanceof HazelcastClusterManager hazelcast)) {
            return Future.succeededFuture();
        }
        return vertx.executeBlocking(() -> own(hazelcast), false)
                .map(Objects::requireNonNull)
                .compose(own -> Future.join(own.stream()
                        .map(entry -> remove(hazelcast, entry.getKey(), entry.getValue()))
                        .toList()))
                .mapEmpty();
    }

    private static List<Map.Entry<String, RegistrationInfo>> own(HazelcastClusterManager hazelcast) {
        var map = hazelcast.getHazelcastInstance().<String, HazelcastRegistrationInfo>getMultiMap(MAP);
        return map.entrySet().stream()
                .map(entry -> Map.entry(entry.getKey(), entry.getValue().unwrap()))
                .filter(entry -> entry.getValue().nodeId().equals(hazelcast.getNodeId()))
                .toList();
    }

    private static Future<Void> remove(HazelcastClusterManager hazelcast, String address, RegistrationInfo own) {
        Promise<Void> removed = Promise.promise();
        hazelcast.removeRegistration(address, own, removed);
        return removed.future();
    }
}
