package postbus.node.command;

import java.util.List;

/** What the fat jar of every service with a schema offers. */
public final class ServiceCommands {
    private ServiceCommands() {}

    public static List<Object> of(CommandContext context) {
        return List.of(new ReplayCommand(context), new DeadLettersCommand(context), new MigrateCommand(context));
    }
}
