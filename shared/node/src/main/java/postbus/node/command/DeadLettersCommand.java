package postbus.node.command;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import postbus.messaging.MessageJson;
import postbus.messaging.subscription.DeadLetters;
import postbus.messaging.subscription.DeadLetters.Decision;
import postbus.messaging.subscription.DeadLetters.Filter;
import postbus.messaging.subscription.DeadLetters.Verdict;

/** Shows the dead letters of this service, and carries out what is decided about them. */
@Command(
        name = "dead-letters",
        mixinStandardHelpOptions = true,
        description = {
            "Messages that this service could not apply, and that wait for a person. Works straight on the service's"
                    + " database; nodes may run meanwhile, and take up within seconds what was decided. Who decided and why"
                    + " is kept in the table dead_letter_decision.",
            "",
            "Examples:",
            "  dead-letters list --reason failed",
            "  dead-letters show 01980a3c-93a1-7c52-9d1f-2b6f0d3c7e11",
            "  dead-letters retry 01980a3c-93a1-7c52-9d1f-2b6f0d3c7e11 --by anna --why 'the carrier is back'",
            "  dead-letters discard --type ordering.order-paid.v1 --by anna --why 'a test'",
            ""
        })
final class DeadLettersCommand {
    private final CommandContext context;

    DeadLettersCommand(CommandContext context) {
        this.context = context;
    }

    /** Which are meant. */
    static final class FilterOptions {
        @Option(names = "--source", description = "only those that this service sent")
        private @Nullable String source;

        @Option(names = "--type", description = "only messages of this type, such as ordering.order-paid.v1")
        private @Nullable String type;

        @Option(names = "--key", description = "only messages about this")
        private @Nullable String key;

        @Option(
                names = "--reason",
                description =
                        "only those that are dead letters for this: failed, took-too-long, unreadable, unknown-type,"
                                + " rejected, postponed")
        private @Nullable String reason;

        @Option(
                names = "--since",
                converter = InstantConverter.class,
                description = "only those that became dead letters then or later, in ISO 8601 with Z")
        private @Nullable Instant since;

        Filter filter() {
            return new Filter(source, type, key, reason, since);
        }
    }

    /** One of them, or all that match. */
    static final class Chosen {
        @Parameters(paramLabel = "ID", description = "the id of one message")
        private @Nullable UUID messageId;

        @ArgGroup(exclusive = false)
        private @Nullable FilterOptions filter;

        /** That it is given instead of the others is all it says. */
        @SuppressWarnings("UnusedVariable")
        @Option(names = "--all", description = "all dead letters of this service")
        private boolean isAll;
    }

    /** Who decides. */
    static final class Who {
        @Option(names = "--by", required = true, description = "who decides")
        private String by = "";

        @Option(names = "--why", required = true, description = "what for")
        private String why = "";
    }

    @Command(mixinStandardHelpOptions = true, description = "Lists them, in the order of source and position.")
    int list(
            @ArgGroup(exclusive = false) @Nullable FilterOptions filter,
            @Option(names = "--limit", defaultValue = "50", description = "most lines, 1 to 100") int limit,
            @Option(names = "--after", description = "goes on there; the place that the page before ended with")
                    @Nullable
                    String after,
            @Option(names = "--json", description = "as JSON") boolean isJson) {
        var page = deadLetters().list(filter == null ? Filter.ALL : filter.filter(), limit, after);
        if (isJson) {
            context.out().println(MessageJson.write(page));
            return 0;
        }
        var table = new Table("ID", "SOURCE", "TYPE", "KEY", "REASON", "ATTEMPTS", "WAITING", "SINCE", "ERROR");
        for (var each : page.deadLetters()) {
            var died = each.diedAt();
            table.row(
                    each.messageId(),
                    each.source(),
                    each.type(),
                    each.key(),
                    each.reason(),
                    each.attempts(),
                    each.waiting(),
                    died == null ? each.parkedAt() : died,
                    each.error() == null ? "" : each.error());
        }
        table.print(context.out());
        if (page.next() != null) {
            context.out().println("There are more: --after " + page.next());
        }
        return 0;
    }

    @Command(mixinStandardHelpOptions = true, description = "Shows one, with its body and where it failed.")
    int show(
            @Parameters(paramLabel = "ID", description = "the id of the message") UUID messageId,
            @Option(names = "--json", description = "as JSON") boolean isJson) {
        var detail = deadLetters().get(messageId);
        if (isJson) {
            context.out().println(MessageJson.write(detail));
            return 0;
        }
        new JsonObject(MessageJson.write(detail.summary()))
                .forEach(field -> context.out().println(field.getKey() + ": " + field.getValue()));
        context.out().println("body: " + detail.body());
        if (detail.stack() != null) {
            context.out().println(detail.stack().stripTrailing());
        }
        return 0;
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Has them tried again at once, as often as at first; what waits behind follows in order.")
    int retry(
            @ArgGroup(multiplicity = "1") Chosen chosen,
            @ArgGroup(exclusive = false, multiplicity = "1") Who who,
            @Option(names = "--yes", description = "do not ask") boolean isSure,
            @Option(names = "--json", description = "as JSON") boolean isJson) {
        return decide(Verdict.RETRY, chosen, who, isSure, isJson);
    }

    @Command(
            mixinStandardHelpOptions = true,
            description = "Gives them up; what waits behind goes on without them. They are kept with the decision.")
    int discard(
            @ArgGroup(multiplicity = "1") Chosen chosen,
            @ArgGroup(exclusive = false, multiplicity = "1") Who who,
            @Option(names = "--yes", description = "do not ask") boolean isSure,
            @Option(names = "--json", description = "as JSON") boolean isJson) {
        return decide(Verdict.DISCARD, chosen, who, isSure, isJson);
    }

    private int decide(Verdict verdict, Chosen chosen, Who who, boolean isSure, boolean isJson) {
        var decision = new Decision(verdict, who.by, who.why);
        if (chosen.messageId != null) {
            deadLetters().decide(chosen.messageId, decision);
            return done(new DeadLetters.Decided(1, false), isJson);
        }
        var filter = chosen.filter == null ? Filter.ALL : chosen.filter.filter();
        if (!isSure) {
            var page = deadLetters().list(filter, DeadLetters.PAGE_MAX, null);
            var count = page.next() == null
                    ? String.valueOf(page.deadLetters().size())
                    : "more than " + DeadLetters.PAGE_MAX;
            var does = verdict == Verdict.RETRY ? "Retry " : "Discard ";
            if (!context.confirm(does + count + " dead letters of " + context.service() + "?")) {
                context.out().println("Nothing was changed.");
                return 1;
            }
        }
        return done(deadLetters().decide(filter, decision, DeadLetters.DECIDED_MAX), isJson);
    }

    private int done(DeadLetters.Decided decided, boolean isJson) {
        context.out()
                .println(
                        isJson
                                ? MessageJson.write(decided).toString()
                                : "Decided about " + decided.count() + "."
                                        + (decided.hasMore() ? " There are more: do it again." : ""));
        return 0;
    }

    private DeadLetters deadLetters() {
        return new DeadLetters(context.transactions(), context.service());
    }
}
