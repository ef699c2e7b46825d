package postbus.outbox;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import postbus.messaging.MessageJson;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.subscription.DeadLetters.Detail;
import postbus.messaging.subscription.DeadLetters.Filter;
import postbus.messaging.subscription.DeadLetters.Group;
import postbus.messaging.subscription.DeadLetters.Summary;
import postbus.messaging.subscription.DeadLetters.Which;
import postbus.node.SettingException;
import postbus.node.command.CommandContext;
import postbus.node.command.Table;

/** Shows the dead letters, and other parked messages, of all services. */
@Command(
        name = "dead-letters",
        mixinStandardHelpOptions = true,
        description = {
            "Messages that services could not apply. A dead one waits for a person; a parked one is tried again by itself, or"
                    + " waits behind one of its key. retry and discard decide about dead ones."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  dead-letters",
            "  dead-letters --groups --state any",
            "  dead-letters --service shipping --reason failed",
            "  dead-letters show 01980a3c-93a1-7c52-9d1f-2b6f0d3c7e11"
        })
final class DeadLettersCommand implements Callable<Integer> {
    private final Operator operator;

    @ArgGroup(exclusive = false)
    private @Nullable FilterOptions filter;

    @Option(names = "--state", defaultValue = "dead", description = "dead, parked or any; default: ${DEFAULT-VALUE}")
    private String state = "dead";

    @Option(names = "--groups", description = "only how many there are of each kind")
    private boolean isGrouped;

    @Option(
            names = "--limit",
            defaultValue = "50",
            description = "most lines of each service, 1 to 100; default: ${DEFAULT-VALUE}")
    private int limit;

    @Option(names = "--json", description = "as JSON")
    private boolean isJson;

    DeadLettersCommand(CommandContext context) {
        this.operator = new Operator(context);
    }

    private record Listed(String service, Summary message) {}

    private record ListedGroup(String service, Group group) {}

    private record Json(List<Listed> deadLetters, boolean hasMore) {}

    private record GroupsJson(List<ListedGroup> groups) {}

    @Override
    public Integer call() {
        var services = operator.services(filter == null ? List.of() : filter.services());
        return isGrouped ? groups(services) : list(services);
    }

    private int list(List<String> services) {
        var listed = new ArrayList<Listed>();
        boolean hasMore = false;
        for (var service : services) {
            var page = operator.deadLetters(service)
                    .list(filter == null ? Filter.ALL : filter.filter(), which(), limit, null);
            page.deadLetters().forEach(each -> listed.add(new Listed(service, each)));
            hasMore |= page.next() != null;
        }
        if (isJson) {
            operator.printJson(new Json(listed, hasMore));
            return 0;
        }
        var table = new Table(
                "SERVICE", "STATE", "ID", "SOURCE", "TYPE", "KEY", "REASON", "ATTEMPTS", "WAITING", "SINCE", "ERROR");
        for (var each : listed) {
            var message = each.message();
            var died = message.diedAt();
            var error = message.error();
            table.row(
                    each.service(),
                    message.state(),
                    message.messageId(),
                    message.source(),
                    message.type(),
                    message.key(),
                    message.reason(),
                    message.attempts(),
                    message.waiting(),
                    died == null ? message.parkedAt() : died,
                    error == null ? "" : error);
        }
        table.print(operator.context().out());
        if (hasMore) {
            operator.context().out().println("There are more: narrow it, or raise --limit.");
        }
        return 0;
    }

    private int groups(List<String> services) {
        var groups = services.stream()
                .flatMap(service -> operator.deadLetters(service).groups(which()).groups().stream()
                        .map(group -> new ListedGroup(service, group)))
                .sorted(Comparator.comparingInt(
                                (ListedGroup each) -> each.group().count())
                        .reversed())
                .toList();
        if (isJson) {
            operator.printJson(new GroupsJson(groups));
            return 0;
        }
        var table = new Table("SERVICE", "STATE", "REASON", "TYPE", "COUNT", "OLDEST", "NEWEST", "ERROR");
        for (var each : groups) {
            var group = each.group();
            var error = group.error();
            table.row(
                    each.service(),
                    group.state(),
                    group.reason(),
                    group.type(),
                    group.count(),
                    group.oldest(),
                    group.newest(),
                    error == null ? "" : error);
        }
        table.print(operator.context().out());
        return 0;
    }

    private Which which() {
        try {
            return Which.valueOf(state.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new SettingException("--state must be dead, parked or any, is '" + state + "'");
        }
    }

    private record Shown(String service, Detail detail) {}

    private record ShownJson(List<Shown> deadLetters) {}

    @Command(
            mixinStandardHelpOptions = true,
            description = "Shows one, of each service that has it, with body and stack.")
    int show(
            @Parameters(paramLabel = "ID", description = "the id of the message") UUID messageId,
            @Option(names = "--json", description = "as JSON") boolean isShownAsJson) {
        var shown = new ArrayList<Shown>();
        for (var service : operator.services(List.of())) {
            try {
                shown.add(new Shown(service, operator.deadLetters(service).get(messageId)));
            } catch (Refusal none) {
                if (none.problem() != Problem.NOT_FOUND) {
                    operator.context().out().println(none.detail());
                }
            }
        }
        if (shown.isEmpty()) {
            throw new IllegalArgumentException("no service has parked message " + messageId);
        }
        if (isShownAsJson) {
            operator.printJson(new ShownJson(shown));
        } else {
            shown.forEach(this::print);
        }
        return 0;
    }

    private void print(Shown shown) {
        var out = operator.context().out();
        out.println("service: " + shown.service());
        new JsonObject(MessageJson.write(shown.detail().summary())).forEach(field -> {
            if (field.getValue() != null) {
                out.println(field.getKey() + ": " + field.getValue());
            }
        });
        out.println("body: " + shown.detail().body());
        var stack = shown.detail().stack();
        if (stack != null) {
            out.println(stack.stripTrailing());
        }
    }
}
