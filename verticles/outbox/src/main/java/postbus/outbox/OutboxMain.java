package postbus.outbox;

import java.util.List;
import postbus.node.Node;
import postbus.node.NodeService;

/** Starts the outbox verticle. */
public final class OutboxMain {
    /** What the fat jar and the shop deploy. */
    public static final NodeService SERVICE = NodeService.withoutSchema("outbox", OutboxVerticle::new)
            .withCommands(context -> List.of(
                    new SubscriptionsCommand(context), new ForgetCommand(context), new PositionCommand(context)));

    private OutboxMain() {}

    public static void main(String[] arguments) {
        Node.main(SERVICE, arguments);
    }
}
