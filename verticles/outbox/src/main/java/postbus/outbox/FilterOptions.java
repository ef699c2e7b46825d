package postbus.outbox;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import postbus.messaging.subscription.DeadLetters.Filter;
import postbus.node.command.InstantConverter;

/** Which dead letters are meant. */
final class FilterOptions {
    @Option(names = "--service", description = "only those that this service could not apply; may come again")
    private List<String> services = new ArrayList<>();

    @Option(names = "--source", description = "only those that this service sent")
    private @Nullable String source;

    @Option(names = "--type", description = "only messages of this type, such as ordering.order-paid.v1")
    private @Nullable String type;

    @Option(names = "--key", description = "only messages about this")
    private @Nullable String key;

    @Option(
            names = "--reason",
            description = "only those that are dead letters for this: failed, took-too-long, unreadable, unknown-type,"
                    + " rejected, postponed")
    private @Nullable String reason;

    @Option(
            names = "--since",
            converter = InstantConverter.class,
            description = "only those that failed last then or later, in ISO 8601 with Z")
    private @Nullable Instant since;

    List<String> services() {
        return services;
    }

    Filter filter() {
        return new Filter(source, type, key, reason, since);
    }
}
