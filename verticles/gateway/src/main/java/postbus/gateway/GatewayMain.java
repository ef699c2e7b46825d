package postbus.gateway;

import postbus.node.Node;
import postbus.node.NodeService;

/** Starts the gateway as a node of its own. */
public final class GatewayMain {
    static final String NAME = "gateway";

    /** What the fat jar and the shop deploy. */
    public static final NodeService SERVICE = NodeService.withoutSchema(
                    NAME,
                    node -> new GatewayVerticle(
                            GatewaySettings.of(node.settings()),
                            node.shards(),
                            node::opsRoutes,
                            node::listensOn,
                            node::isEnding))
            .servingHttp();

    private GatewayMain() {}

    public static void main(String[] args) {
        Node.main(SERVICE, args);
    }
}
