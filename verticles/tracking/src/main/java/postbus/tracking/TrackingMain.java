package postbus.tracking;

import postbus.node.Node;
import postbus.node.NodeService;

/** Tracking as a process of its own. */
public final class TrackingMain {
    /** What the fat jar and the shop deploy. */
    public static final NodeService SERVICE = NodeService.of("tracking", node -> new TrackingVerticle(node.service()));

    private TrackingMain() {}

    public static void main(String[] args) {
        Node.main(SERVICE, args);
    }
}
