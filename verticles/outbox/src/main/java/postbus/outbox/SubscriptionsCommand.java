package postbus.outbox;

import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import postbus.messaging.retention.Retention;
import postbus.node.command.CommandContext;
import postbus.node.command.Table;

/** Lists for whom sources keep messages. */
@Command(
        name = "subscriptions",
        mixinStandardHelpOptions = true,
        description = "Lists for whom messages are kept, how many wait for each, and when it was last heard of.")
final class SubscriptionsCommand implements Callable<Integer> {
    private final CommandContext context;

    @Option(names = "--source", description = "whose messages; default: each of SOURCES")
    private @Nullable String source;

    SubscriptionsCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        var sources = source == null ? OutboxSettings.of(context.settings()).sources() : List.of(source);
        var table = new Table("SOURCE", "SUBSCRIPTION", "BEHIND", "LAST HEARD OF", "REGISTERED");
        for (var each : sources) {
            for (var subscription : Retention.registered(context.pool(each)).await()) {
                table.row(
                        each,
                        subscription.name(),
                        behind(subscription),
                        subscription.announcedAt().truncatedTo(ChronoUnit.SECONDS),
                        subscription.registeredAt().truncatedTo(ChronoUnit.SECONDS));
            }
        }
        table.print(context.out());
        return 0;
    }

    /** Messages after its cursors; with a plus where no more were counted. */
    static String behind(Retention.Registered subscription) {
        var isMore = subscription.behind().stream().anyMatch(count -> count >= Retention.BEHIND_COUNT_MAX);
        return subscription.behindInAll() + (isMore ? "+" : "");
    }
}
