package postbus.node.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import postbus.node.Database;

/** Brings the schema of this service up to date, so that its nodes need not be able to. */
@Command(
        name = "migrate",
        mixinStandardHelpOptions = true,
        description = {
            "Brings this service's schema up to date, and gives roles their rights: what its node does when it starts, done"
                    + " beforehand by DATABASE_OWNER_URL, or by DATABASE_URL where that is not set. Nodes may run meanwhile; one"
                    + " that migrates too is waited for. Done again it changes nothing.",
            "",
            "Examples:",
            "  migrate",
            ""
        })
final class MigrateCommand implements Callable<Integer> {
    private final CommandContext context;

    MigrateCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        var schema = context.service();
        var database = Database.of(context.settings());
        context.progress().during(schema, () -> {
            database.migrate(schema, true);
            return true;
        });
        context.out().println("The schema " + schema + " is up to date.");
        return 0;
    }
}
