package postbus.outbox;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import postbus.messaging.MessageJson;
import postbus.messaging.search.FoundMessage;
import postbus.messaging.search.MessageFilter;
import postbus.messaging.search.MessageSearch;
import postbus.messaging.search.MessageSummary;
import postbus.node.command.CommandContext;
import postbus.node.command.InstantConverter;
import postbus.node.command.Table;

/** Finds messages of all sources. */
@Command(
        name = "messages",
        mixinStandardHelpOptions = true,
        description = {
            "Finds messages of all services, the newest first, as long as they are kept. Those without a position are not cut"
                    + " yet. To go on, say --until the time of the last line."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  messages --limit 10",
            "  messages --key 01980a3c-93a1-7c52-9d1f-2b6f0d3c7e13",
            "  messages --source ordering --type ordering.order-paid.v1 --since 2026-11-24T10:00:00Z",
            "  messages show 01980a3c-93a1-7c52-9d1f-2b6f0d3c7e11",
            "  messages tree 01980a3c-93a1-7c52-9d1f-2b6f0d3c7e11"
        })
final class MessagesCommand implements Callable<Integer> {
    /** Of one request, in each source. */
    private static final int TREE_MAX = 500;

    private final Operator operator;

    @Option(names = "--source", description = "only those of this service; may come again")
    private List<String> sources = new ArrayList<>();

    @Option(names = "--id", description = "only the one with this id")
    private @Nullable UUID messageId;

    @Option(names = "--key", description = "only those about this")
    private @Nullable String key;

    @Option(
            names = "--correlation",
            description = "only those that one request set off: X-Correlation-Id of its answer")
    private @Nullable UUID correlationId;

    @Option(names = "--type", description = "only of this type, such as ordering.order-paid.v1")
    private @Nullable String type;

    @Option(
            names = "--since",
            converter = InstantConverter.class,
            description = "only those sent then or later, in ISO 8601 with Z")
    private @Nullable Instant since;

    @Option(names = "--until", converter = InstantConverter.class, description = "only those sent then or earlier")
    private @Nullable Instant until;

    @Option(names = "--limit", defaultValue = "50", description = "most lines, 1 to 500; default: ${DEFAULT-VALUE}")
    private int limit;

    @Option(names = "--json", description = "as JSON")
    private boolean isJson;

    MessagesCommand(CommandContext context) {
        this.operator = new Operator(context);
    }

    private record Json(List<MessageSummary> messages, boolean hasMore) {}

    @Override
    public Integer call() {
        var filter = new MessageFilter(messageId, key, correlationId, type, since, until);
        var found = new ArrayList<MessageSummary>();
        boolean hasMore = false;
        for (var source : operator.services(sources)) {
            var page = operator.context()
                    .progress()
                    .during("searching " + source, () -> search(source).find(filter, limit, null));
            found.addAll(page.messages());
            hasMore |= page.next() != null;
        }
        found.sort(Comparator.comparing(MessageSummary::time).reversed());
        hasMore |= found.size() > limit;
        var shown = found.subList(0, Math.min(limit, found.size()));
        if (isJson) {
            operator.printJson(new Json(shown, hasMore));
            return 0;
        }
        print(shown);
        if (hasMore) {
            operator.context().out().println("There are more, or may be: narrow it, or go on with --until.");
        }
        return 0;
    }

    private void print(List<MessageSummary> messages) {
        var table = new Table("TIME", "SOURCE", "POSITION", "TYPE", "KEY", "FOR", "ID", "CORRELATION", "BYTES");
        for (var each : messages) {
            var position = each.position();
            var recipient = each.recipient();
            table.row(
                    each.time(),
                    each.source(),
                    position == null ? "-" : position,
                    each.type(),
                    each.key(),
                    recipient == null ? "-" : recipient,
                    each.messageId(),
                    each.correlationId(),
                    each.bytes());
        }
        table.print(operator.context().out());
    }

    @Command(mixinStandardHelpOptions = true, description = "Shows one, with its body.")
    int show(
            @Parameters(paramLabel = "ID", description = "the id of the message") UUID id,
            @Option(names = "--json", description = "as JSON") boolean isShownAsJson) {
        var message = find(id);
        if (isShownAsJson) {
            operator.printJson(message);
            return 0;
        }
        var out = operator.context().out();
        new JsonObject(MessageJson.write(message.summary())).forEach(field -> {
            if (field.getValue() != null) {
                out.println(field.getKey() + ": " + field.getValue());
            }
        });
        if (message.traceparent() != null) {
            out.println("traceparent: " + message.traceparent());
        }
        out.println("data: " + message.data());
        return 0;
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Shows what the request that a message belongs to set off, each below what caused it.")
    int tree(
            @Parameters(paramLabel = "ID", description = "the id of the message") UUID id,
            @Option(names = "--json", description = "as JSON") boolean isShownAsJson) {
        var message = find(id).summary();
        var all = new ArrayList<MessageSummary>();
        boolean isComplete = true;
        for (var source : operator.services(List.of())) {
            var related = search(source).correlated(message.correlationId(), message.time(), TREE_MAX);
            all.addAll(related.messages());
            isComplete &= related.isComplete();
        }
        all.sort(Comparator.comparing(MessageSummary::time));
        if (isShownAsJson) {
            operator.printJson(new Json(all, !isComplete));
            return 0;
        }
        var ids = all.stream().map(MessageSummary::messageId).toList();
        all.stream()
                .filter(each -> each.causationId() == null || !ids.contains(each.causationId()))
                .forEach(root -> print(root, all, 0));
        if (!isComplete) {
            operator.context().out().println("There may be more of them.");
        }
        return 0;
    }

    private void print(MessageSummary message, List<MessageSummary> all, int depth) {
        operator.context()
                .out()
                .println("  ".repeat(depth) + message.type() + " " + message.messageId() + " at " + message.time());
        all.stream()
                .filter(each -> message.messageId().equals(each.causationId()))
                .forEach(effect -> print(effect, all, depth + 1));
    }

    private FoundMessage find(UUID id) {
        return operator.services(List.of()).stream()
                .flatMap(source -> search(source).get(id).stream())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "no source has message " + id + "; it may be deleted, see RETENTION"));
    }

    private MessageSearch search(String source) {
        return new MessageSearch(source, operator.schemas().in(source));
    }
}
