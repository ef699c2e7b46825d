package postbus.payment;

import postbus.node.Node;
import postbus.node.NodeContext;
import postbus.node.NodeService;

/** Starts payment as a node of its own. */
public final class PaymentMain {
    /** What the fat jar and the shop deploy. */
    public static final NodeService SERVICE = NodeService.of("payment", PaymentMain::verticle);

    private PaymentMain() {}

    public static void main(String[] args) {
        Node.main(SERVICE, args);
    }

    private static PaymentVerticle verticle(NodeContext node) {
        var settings = PaymentSettings.of(node.settings());
        var service = node.service();
        return new PaymentVerticle(
                service, settings, new SimulatedProvider(node.vertx(), service.pool(), settings.slowAfter()));
    }
}
