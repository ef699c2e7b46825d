package postbus.outbox;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import postbus.messaging.inspection.Doctor;
import postbus.messaging.inspection.Inspection;
import postbus.messaging.inspection.Limits;
import postbus.messaging.inspection.Status;
import postbus.node.command.CommandContext;
import postbus.node.command.Table;

/** Says how far sources and subscriptions are. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = {
            "Shows each source with its relay, each subscription with what waits for it, and the nodes. Sources and"
                    + " subscriptions are read from the database, so also while no node runs; nodes are asked of a"
                    + " gateway. Exit code 0, whatever it shows: doctor judges."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  status", "  status --lanes", "  status --json | jq '.subscriptions[] | select(.state != \"LIVE\")'"
        })
final class StatusCommand implements Callable<Integer> {
    private final Operator operator;

    @Option(names = "--lanes", description = "each lane of each subscription too")
    private boolean isByLane;

    @Option(names = "--gateway", description = Overview.GATEWAY_DESCRIPTION)
    private String gateway = Overview.GATEWAY;

    @Option(names = "--json", description = "as JSON")
    private boolean isJson;

    StatusCommand(CommandContext context) {
        this.operator = new Operator(context);
    }

    /** @param gatewayProblem why there are no nodes */
    private record Json(
            Instant at,
            List<Status.Source> sources,
            List<Status.Subscription> subscriptions,
            List<Overview.Node> nodes,
            @Nullable String gatewayProblem) {}

    @Override
    public Integer call() {
        var status = new Inspection(operator.schemas(), Limits.DEFAULT).status();
        var overview = Overview.ask(gateway);
        if (isJson) {
            operator.printJson(new Json(
                    status.at(), status.sources(), status.subscriptions(), overview.nodes(), overview.problem()));
            return 0;
        }
        var out = operator.context().out();
        sources(status).print(out);
        out.println();
        subscriptions(status).print(out);
        if (isByLane) {
            out.println();
            lanes(status).print(out);
        }
        out.println();
        if (overview.problem() == null) {
            nodes(overview).print(out);
        } else {
            out.println("Nodes: " + overview.problem() + "; see --gateway");
        }
        return 0;
    }

    private static Table sources(Status status) {
        var table = new Table("SOURCE", "POSITION", "UNCUT", "SCHEDULED", "RELAY", "SINCE", "STANDBYS");
        for (var source : status.sources()) {
            var active = source.active();
            var since = active == null ? null : active.since();
            table.row(
                    source.source(),
                    source.position(),
                    source.uncut(),
                    source.scheduled(),
                    active == null ? "none" : "session " + active.pid(),
                    since == null ? "-" : since.truncatedTo(ChronoUnit.SECONDS),
                    source.standbys());
        }
        return table;
    }

    private static Table subscriptions(Status status) {
        var table = new Table("SUBSCRIPTION", "SOURCE", "STATE", "LAG", "WAITING", "PARKED", "DEAD", "LAST HEARD OF");
        for (var each : status.subscriptions()) {
            table.row(
                    each.subscription(),
                    each.source(),
                    each.state().name().toLowerCase(java.util.Locale.ROOT),
                    each.lag() + (each.isLagMore() ? "+" : ""),
                    each.oldestWaiting() == null ? "-" : since(each.oldestWaiting(), status.at()),
                    each.parked(),
                    each.dead(),
                    each.heardAt() == null ? "-" : each.heardAt().truncatedTo(ChronoUnit.SECONDS));
        }
        return table;
    }

    private static Table lanes(Status status) {
        var table = new Table("SUBSCRIPTION", "SOURCE", "LANE", "CURSOR", "HEAD", "DELETED UP TO");
        for (var each : status.subscriptions()) {
            for (var lane : each.lanes()) {
                table.row(each.subscription(), each.source(), lane.lane(), lane.cursor(), lane.head(), lane.pruned());
            }
        }
        return table;
    }

    private static Table nodes(Overview.Answer overview) {
        var table = new Table("NODE", "SERVICES", "RELAYS", "VERSION", "SINCE", "HOST", "PID", "STATE");
        for (var node : overview.nodes()) {
            table.row(
                    node.id(),
                    String.join(",", node.services()),
                    String.join(", ", node.relays()),
                    node.version(),
                    node.startedAt() == null ? "-" : node.startedAt(),
                    node.host() == null ? "-" : node.host(),
                    node.pid() == null ? "-" : node.pid(),
                    node.isReady() ? "ready" : "not ready: " + String.join(", ", node.problems()));
        }
        return table;
    }

    private static String since(Instant then, Instant now) {
        return Doctor.text(Duration.between(then, now).isNegative() ? Duration.ZERO : Duration.between(then, now));
    }
}
