package postbus.shipping;

import postbus.node.Node;
import postbus.node.NodeService;

/** Starts shipping as a node of its own. */
public final class ShippingMain {
    /** What the fat jar and the shop deploy. */
    public static final NodeService SERVICE = NodeService.of(
            "shipping", node -> new ShippingVerticle(node.service(), ShippingSettings.of(node.settings())));

    private ShippingMain() {}

    public static void main(String[] args) {
        Node.main(SERVICE, args);
    }
}
