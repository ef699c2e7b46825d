package postbus.inventory;

import postbus.node.Node;
import postbus.node.NodeService;

/** Starts the inventory as a node of its own. */
public final class InventoryMain {
    /** What the fat jar and the shop deploy. */
    public static final NodeService SERVICE =
            NodeService.of("inventory", node -> new InventoryVerticle(node.service()));

    private InventoryMain() {}

    public static void main(String[] args) {
        Node.main(SERVICE, args);
    }
}
