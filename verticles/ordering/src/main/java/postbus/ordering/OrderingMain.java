package postbus.ordering;

import postbus.node.Node;
import postbus.node.NodeService;

/** Ordering as a process of its own. */
public final class OrderingMain {
    /** What the fat jar and the shop deploy. */
    public static final NodeService SERVICE = NodeService.of(
            "ordering", node -> new OrderingVerticle(node.service(), OrderingSettings.of(node.settings())));

    private OrderingMain() {}

    public static void main(String[] args) {
        Node.main(SERVICE, args);
    }
}
