package postbus.outbox;

import postbus.node.Node;
import postbus.node.NodeService;

/** Starts the outbox verticle. */
public final class OutboxMain {
    /** What the fat jar and the shop deploy. */
    public static final NodeService SERVICE = NodeService.withoutSchema("outbox", OutboxVerticle::new);

    private OutboxMain() {}

    public static void main(String[] arguments) {
        Node.main(SERVICE, arguments);
    }
}
