package postbus.outbox;

import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import postbus.messaging.retention.Retention;
import postbus.messaging.transaction.Cause;
import postbus.node.command.CommandContext;

/** Says which position a source had reached at a time. */
@Command(
        name = "position",
        mixinStandardHelpOptions = true,
        description =
                "Prints the last position that a source is known to have given by a time: for a replay of a subscription"
                        + " whose database is another. May be a minute early, is never late; 0 when none is known.",
        footerHeading = "%nExamples:%n",
        footer = "  position --source ordering --at 2026-11-24T10:00:00Z")
final class PositionCommand implements Callable<Integer> {
    private final CommandContext context;

    @Option(names = "--source", required = true, description = "whose messages")
    private String source = "";

    @Option(names = "--at", required = true, description = "in ISO 8601 with its zone: 2026-11-24T10:00:00Z")
    private Instant at = Instant.EPOCH;

    PositionCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        var position = context.transactions(source).call(Cause.none(), tx -> Retention.positionAt(tx, at));
        context.out().println(position);
        return 0;
    }
}
