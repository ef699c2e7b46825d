package postbus.shop;

import java.util.List;
import postbus.node.NodeService;

/** The services of the shop, for tests in packages of their own. */
public final class ShopServices {
    public static final List<NodeService> ALL = ShopMain.SERVICES;

    private ShopServices() {}
}
