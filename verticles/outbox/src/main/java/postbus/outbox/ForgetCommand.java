package postbus.outbox;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import postbus.messaging.MessageJson;
import postbus.messaging.retention.Retention;
import postbus.node.command.CommandContext;

/** Lets a source keep nothing for a subscription any more. */
@Command(
        name = "forget",
        mixinStandardHelpOptions = true,
        description = {
            "Keeps no messages any more for a subscription that is gone for good. Asks, unless --yes is given. One that is"
                    + " still there is registered again within a minute; one that comes back later finds a gap if"
                    + " messages were deleted meanwhile, and says so."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  forget reporting --source ordering", "  forget reporting --source ordering --yes --json"})
final class ForgetCommand implements Callable<Integer> {
    private final CommandContext context;

    @Parameters(paramLabel = "SUBSCRIPTION", description = "its name")
    private String subscription = "";

    @Option(names = "--source", required = true, description = "whose messages")
    private String source = "";

    @Option(names = "--yes", description = "do not ask")
    private boolean isSure;

    @Option(names = "--json", description = "as JSON")
    private boolean isJson;

    ForgetCommand(CommandContext context) {
        this.context = context;
    }

    private record Json(String subscription, String source, boolean isForgotten) {}

    /** Messages after its cursors; with a plus where no more were counted. */
    private static String behind(Retention.Registered subscription) {
        var isMore = subscription.behind().stream().anyMatch(count -> count >= Retention.BEHIND_COUNT_MAX);
        return subscription.behindInAll() + (isMore ? "+" : "");
    }

    @Override
    public Integer call() {
        var out = context.out();
        var pool = context.pool(source);
        var found = Retention.registered(pool).await().stream()
                .filter(registered -> registered.name().equals(subscription))
                .findFirst();
        if (found.isEmpty()) {
            throw new IllegalArgumentException(source + " knows no subscription '" + subscription + "'");
        }
        if (!isSure) {
            out.println(subscription + " has yet to apply " + behind(found.get()) + " messages of " + source
                    + ", and was last heard of at " + found.get().announcedAt() + ".");
            if (!context.confirm("Keep nothing for it any more?")) {
                out.println("Nothing was changed.");
                return 1;
            }
        }
        Retention.forget(pool, subscription).await();
        if (isJson) {
            out.println(MessageJson.write(new Json(subscription, source, true)));
        } else {
            out.println(source + " keeps nothing for " + subscription + " any more.");
        }
        return 0;
    }
}
