package postbus.outbox;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
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
        })
final class ForgetCommand implements Callable<Integer> {
    private final CommandContext context;

    @Parameters(paramLabel = "SUBSCRIPTION", description = "its name")
    private String subscription = "";

    @Option(names = "--source", required = true, description = "whose messages")
    private String source = "";

    @Option(names = "--yes", description = "do not ask")
    private boolean isSure;

    ForgetCommand(CommandContext context) {
        this.context = context;
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
            out.println(subscription + " has yet to apply " + SubscriptionsCommand.behind(found.get()) + " messages of "
                    + source + ", and was last heard of at " + found.get().announcedAt() + ".");
            if (!context.confirm("Keep nothing for it any more?")) {
                out.println("Nothing was changed.");
                return 1;
            }
        }
        Retention.forget(pool, subscription).await();
        out.println(source + " keeps nothing for " + subscription + " any more.");
        return 0;
    }
}
