package postbus.catalog;

import postbus.node.Node;
import postbus.node.NodeService;

/** Starts the catalog as a node of its own. */
public final class CatalogMain {
    /** What the fat jar and the shop deploy. */
    public static final NodeService SERVICE = NodeService.of("catalog", node -> new CatalogVerticle(node.service()));

    private CatalogMain() {}

    public static void main(String[] args) {
        Node.main(SERVICE, args);
    }
}
