package postbus.outbox;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import postbus.messaging.replay.Replay;
import postbus.messaging.replay.Target;
import postbus.node.command.CommandContext;
import postbus.node.command.MoveText;
import postbus.node.command.TargetConverter;

/** Moves the cursors of any subscription of the database. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = {
            "Lets a subscription go on from elsewhere: back, so that messages are applied again, or forth, so that some are"
                    + " passed over. Says what would happen and asks, unless --yes is given. Nodes may run meanwhile. Who"
                    + " did it and why is kept in the table replay. Where a handler may not run again, pause first."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  replay tracking --source ordering --to oldest --by anna --why 'a new column'",
            "  replay tracking --source ordering --to 2026-11-24T10:00:00Z --by anna --why 'a bug since 10:00'",
            "  replay tracking --source ordering --to position:4711 --by anna --why 'restored a backup'"
        })
final class ReplayCommand implements Callable<Integer> {
    private final Operator operator;

    @Parameters(paramLabel = "SUBSCRIPTION", description = "its name, which is that of its service")
    private String subscription = "";

    @Option(names = "--source", required = true, description = "whose messages")
    private String source = "";

    @Option(
            names = "--to",
            required = true,
            converter = TargetConverter.class,
            description = "right after which point: oldest, now, position:NUMBER, or a time in ISO 8601 with Z")
    private Target target = new Target.Now();

    @ArgGroup(exclusive = false, multiplicity = "1")
    private Who who = new Who();

    @Option(names = "--yes", description = "do not ask")
    private boolean isSure;

    @Option(names = "--json", description = "as JSON")
    private boolean isJson;

    ReplayCommand(CommandContext context) {
        this.operator = new Operator(context);
    }

    /** @param messages that come again; null when the source is in another database */
    private record Json(
            String subscription,
            String source,
            List<Long> before,
            List<Long> after,
            @Nullable Long messages,
            @Nullable Long passedOver,
            int parked) {}

    @Override
    public Integer call() {
        var signed = who.signed();
        var context = operator.context();
        var replay = new Replay(operator.transactions(operator.service(subscription)), subscription);
        if (!isSure) {
            print(context.progress().during("counting messages", () -> replay.plan(source, target)), "would come");
            if (!context.confirm("Move the cursors?")) {
                context.out().println("Nothing was changed.");
                return 1;
            }
        }
        var move = context.progress()
                .during("moving cursors", () -> replay.run(source, target, signed.by(), signed.why()));
        if (isJson) {
            operator.printJson(new Json(
                    subscription,
                    source,
                    move.before(),
                    move.after(),
                    orNull(move.again()),
                    orNull(move.passedOver()),
                    move.parked()));
        } else {
            print(move, "come");
        }
        return 0;
    }

    private void print(Replay.Move move, String come) {
        MoveText.print(operator.context().out(), subscription, source, target, move, come);
    }

    private static @Nullable Long orNull(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : null;
    }
}
