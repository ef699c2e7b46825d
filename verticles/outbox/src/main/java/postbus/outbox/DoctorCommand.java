package postbus.outbox;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import postbus.messaging.inspection.Doctor;
import postbus.messaging.inspection.Finding;
import postbus.messaging.inspection.Finding.Severity;
import postbus.messaging.inspection.Limits;
import postbus.node.command.CommandContext;

/** Names what holds the flow. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {
            "Names what holds the flow, or may, with what was seen and what to do: sessions that block a cut or a lane or"
                    + " pin dead rows, sources nobody leads, subscriptions that are paused, silent, behind or cut off,"
                    + " parked messages and dead letters, what vacuum, slots, connections and size say, and nodes that"
                    + " serve nothing. Changes nothing. docs/troubleshooting.md goes on where it ends."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:nothing that needs somebody; notes are no reason to come",
            "1:something critical, or a warning",
            "2:wrong usage, or a setting is missing or wrong",
            "3:the database cannot be reached"
        },
        footerHeading = "%nExamples:%n",
        footer = {"  doctor", "  doctor --json | jq -r '.findings[].subject'", "  doctor || mail -s postbus anna"})
final class DoctorCommand implements Callable<Integer> {
    private final Operator operator;
    private final Limits limits;

    @Option(names = "--gateway", description = Overview.GATEWAY_DESCRIPTION)
    private String gateway = Overview.GATEWAY;

    @Option(
            names = "--parked-max",
            defaultValue = "10000",
            description = "PARKED_MAX of the services; default: ${DEFAULT-VALUE}")
    private int parkedMax;

    @Option(
            names = "--database-gib",
            defaultValue = "20",
            description = "size of the database in GiB beyond which to tell; default: ${DEFAULT-VALUE}")
    private int databaseGib;

    @Option(names = "--json", description = "as JSON")
    private boolean isJson;

    DoctorCommand(CommandContext context) {
        this(context, Limits.DEFAULT);
    }

    /** @param limits from where on something is worth telling */
    DoctorCommand(CommandContext context, Limits limits) {
        this.operator = new Operator(context);
        this.limits = limits;
    }

    private record Json(List<Finding> findings) {}

    @Override
    public Integer call() {
        var found = new ArrayList<>(new Doctor(
                        operator.schemas(), limits.withParkedMax(parkedMax).withDatabaseBytes((long) databaseGib << 30))
                .examine());
        found.addAll(nodes(Overview.ask(gateway)));
        found.sort(Comparator.comparing(Finding::severity));
        if (isJson) {
            operator.printJson(new Json(found));
        } else {
            print(found);
        }
        return found.stream().allMatch(finding -> finding.severity() == Severity.NOTE) ? 0 : 1;
    }

    private void print(List<Finding> found) {
        var out = operator.context().out();
        for (var finding : found) {
            out.println(finding.severity() + " " + finding.kind() + ": " + finding.subject());
            out.println("  seen:   " + finding.evidence());
            out.println("  remedy: " + finding.remedy());
        }
        long serious = found.stream()
                .filter(finding -> finding.severity() != Severity.NOTE)
                .count();
        out.println(serious == 0 ? "Nothing holds the flow." : serious + " to look after.");
    }

    /** What the cluster says of itself. */
    private static List<Finding> nodes(Overview.Answer overview) {
        if (overview.problem() != null) {
            return List.of(Finding.note(
                    "gateway-unanswered",
                    "the nodes",
                    overview.problem() + ", so nothing is known of them",
                    "Say --gateway http://HOST:PORT of one that runs, or start one."));
        }
        var found = new ArrayList<Finding>();
        var versions = new TreeSet<String>();
        for (var node : overview.nodes()) {
            versions.add(node.version());
            var subject = "node " + node.id() + " on " + node.host() + ", pid " + node.pid();
            if (node.services().isEmpty()) {
                found.add(Finding.warning(
                        "node-idle",
                        subject,
                        "is a member of the cluster and serves nothing",
                        "It starts or drains for some seconds; after that, end it and start it again."));
            } else if (!node.isReady()) {
                found.add(Finding.warning(
                        "node-unready",
                        subject,
                        String.join(",", node.services()) + " not ready: " + String.join(", ", node.problems()),
                        "Its log says why; /health/ready of that node says when it passes."));
            }
        }
        if (versions.size() > 1) {
            found.add(Finding.warning(
                    "versions-differ",
                    "the nodes",
                    "they run versions " + String.join(", ", versions).toLowerCase(Locale.ROOT),
                    "Right during an upgrade; otherwise restart those that were left behind, see status."));
        }
        return found;
    }
}
