package postbus.outbox;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import postbus.messaging.trail.Trail;
import postbus.node.command.CommandContext;
import postbus.node.command.Table;

/** Tells what people decided. */
@Command(
        name = "decisions",
        mixinStandardHelpOptions = true,
        description =
                "Retries and discards of dead letters, replays, pauses and resumes of all services, the newest first.",
        footerHeading = "%nExamples:%n",
        footer = {"  decisions", "  decisions --service shipping --limit 5"})
final class DecisionsCommand implements Callable<Integer> {
    private final Operator operator;

    @Option(names = "--service", description = "only of this one; may come again")
    private List<String> services = new ArrayList<>();

    @Option(names = "--limit", defaultValue = "20", description = "most lines, 1 to 100; default: ${DEFAULT-VALUE}")
    private int limit;

    @Option(names = "--json", description = "as JSON")
    private boolean isJson;

    DecisionsCommand(CommandContext context) {
        this.operator = new Operator(context);
    }

    private record Listed(String service, Trail.Decision decision) {}

    private record Json(List<Listed> decisions) {}

    @Override
    public Integer call() {
        var listed = operator.services(services).stream()
                .flatMap(service -> new Trail(operator.schemas().in(service), service)
                        .page(limit, null).decisions().stream().map(each -> new Listed(service, each)))
                .sorted(Comparator.comparing((Listed each) -> each.decision().at())
                        .reversed()) // keeps each service's own order
                .limit(limit)
                .toList();
        if (isJson) {
            operator.printJson(new Json(listed));
            return 0;
        }
        var table = new Table("AT", "BY", "WHAT", "SERVICE", "SOURCE", "ABOUT", "WHY");
        for (var each : listed) {
            var decision = each.decision();
            table.row(
                    decision.at(),
                    decision.by(),
                    decision.what().text(),
                    each.service(),
                    decision.source(),
                    decision.messageId() == null
                            ? decision.detail() == null ? "" : decision.detail()
                            : decision.type() + " " + decision.messageId(),
                    decision.why());
        }
        table.print(operator.context().out());
        return 0;
    }
}
