package postbus.node;

import io.vertx.core.Deployable;
import java.util.function.Function;
import postbus.messaging.MessageType;

/**
 * What a process can run: a verticle and what it needs around it.
 *
 * @param name of the service; also of its schema, its settings file and its fat jar
 * @param hasSchema whether it has a schema with migrations of its own
 * @param servesHttp whether it opens the node's HTTP port itself, serves {@link NodeContext#opsRoutes} there, and tells
 *     {@link NodeContext#listensOn}
 * @param verticle makes the verticle; called once for each node
 */
public record NodeService(
        String name, boolean hasSchema, boolean servesHttp, Function<NodeContext, ? extends Deployable> verticle) {
    public NodeService {
        MessageType.requireServiceName(name);
    }

    /** A service with a schema. */
    public static NodeService of(String name, Function<NodeContext, ? extends Deployable> verticle) {
        return new NodeService(name, true, false, verticle);
    }

    /** A service that keeps nothing. */
    public static NodeService withoutSchema(String name, Function<NodeContext, ? extends Deployable> verticle) {
        return new NodeService(name, false, false, verticle);
    }

    /** The same, opening the node's HTTP port by itself. */
    public NodeService servingHttp() {
        return new NodeService(name, hasSchema, true, verticle);
    }
}
