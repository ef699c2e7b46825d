package postbus.outbox;

import java.util.List;
import postbus.node.Node;
import postbus.node.NodeService;

/** Starts the outbox verticle. */
public final class OutboxMain {
    /** What the fat jar and the shop deploy. */
    public static final NodeService SERVICE = NodeService.withoutSchema("outbox", OutboxVerticle::new)
            .withCommands(context -> List.of(
                    new StatusCommand(context),
                    new DoctorCommand(context),
                    new MessagesCommand(context),
                    new DeadLettersCommand(context),
                    new DecideCommand.Retry(context),
                    new DecideCommand.Discard(context),
                    new ReplayCommand(context),
                    new PauseCommand.Pause(context),
                    new PauseCommand.Resume(context),
                    new DecisionsCommand(context),
                    new ForgetCommand(context),
                    new PositionCommand(context),
                    new MigrateCommand(context)));

    private OutboxMain() {}

    public static void main(String[] arguments) {
        Node.main(SERVICE, arguments);
    }
}
