package postbus.node;

import io.vertx.core.Deployable;
import java.util.List;
import java.util.function.Function;
import postbus.messaging.MessageType;
import postbus.node.command.CommandContext;
import postbus.node.command.ServiceCommands;

/**
 * What a process can run: a verticle and what it needs around it.
 *
 * @param name of the service; also of its schema, its settings file and its fat jar
 * @param hasSchema whether it has a schema with migrations of its own
 * @param servesHttp whether it opens the node's HTTP port itself, serves {@link NodeContext#opsRoutes} there, and tells
 *     {@link NodeContext#listensOn}
 * @param verticle makes the verticle; called once for each node
 * @param commands makes what its fat jar offers on the command line, objects with picocli's annotations
 */
public record NodeService(
        String name,
        boolean hasSchema,
        boolean servesHttp,
        Function<NodeContext, ? extends Deployable> verticle,
        Function<CommandContext, List<Object>> commands) {
    public NodeService {
        MessageType.requireServiceName(name);
    }

    /** A service with a schema, and with the commands that every such service has. */
    public static NodeService of(String name, Function<NodeContext, ? extends Deployable> verticle) {
        return new NodeService(name, true, false, verticle, ServiceCommands::of);
    }

    /** A service that keeps nothing. */
    public static NodeService withoutSchema(String name, Function<NodeContext, ? extends Deployable> verticle) {
        return new NodeService(name, false, false, verticle, context -> List.of());
    }

    /** The same as one of its shards, for a process that runs several; others are told by {@code SHARD} which they are. */
    public NodeService shard(int number) {
        return new NodeService(name + "-" + number, hasSchema, servesHttp, verticle, commands);
    }

    /** The same, opening the node's HTTP port by itself. */
    public NodeService servingHttp() {
        return new NodeService(name, hasSchema, true, verticle, commands);
    }

    /** The same, with these commands instead of those it has. */
    public NodeService withCommands(Function<CommandContext, List<Object>> commands) {
        return new NodeService(name, hasSchema, servesHttp, verticle, commands);
    }
}
