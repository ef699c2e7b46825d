package postbus.node.command;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import postbus.messaging.replay.Replay;
import postbus.messaging.replay.Target;

/** Moves the cursors of a subscription of this service. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = {
            "Lets a subscription of this service go on from elsewhere: back, so that messages are applied again, or forth,"
                    + " so that some are passed over. Says what would happen and asks, unless --yes is given. Nodes may run"
                    + " meanwhile. Who did it and why is kept in the table replay.",
            "",
            "Examples:",
            "  replay --source ordering --to oldest --by anna --why 'a new column'",
            "  replay --source ordering --to 2026-11-24T10:00:00Z --by anna --why 'a bug since 10:00'",
            "  replay --source ordering --to position:4711 --by anna --why 'restored a backup'",
            ""
        })
final class ReplayCommand implements Callable<Integer> {
    private final CommandContext context;

    @Option(names = "--source", required = true, description = "whose messages")
    private String source = "";

    @Option(
            names = "--to",
            required = true,
            converter = TargetConverter.class,
            description = "right after which point: oldest, now, position:NUMBER, or a time in ISO 8601 with its zone")
    private Target target = new Target.Now();

    @Option(names = "--subscription", description = "default: the service's own, which has its name")
    private @Nullable String subscription;

    @Option(names = "--by", required = true, description = "who asks for it")
    private String by = "";

    @Option(names = "--why", required = true, description = "what for")
    private String why = "";

    @Option(names = "--yes", description = "do not ask")
    private boolean isSure;

    ReplayCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        var name = subscription == null ? context.service() : subscription;
        var replay = new Replay(context.transactions(), name);
        if (!isSure) {
            var plan = replay.plan(source, target);
            MoveText.print(context.out(), name, source, target, plan, "would come");
            if (!context.confirm("Move the cursors?")) {
                context.out().println("Nothing was changed.");
                return 1;
            }
        }
        MoveText.print(context.out(), name, source, target, replay.run(source, target, by, why), "come");
        return 0;
    }
}
