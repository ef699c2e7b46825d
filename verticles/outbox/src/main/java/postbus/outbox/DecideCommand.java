package postbus.outbox;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.subscription.DeadLetters;
import postbus.messaging.subscription.DeadLetters.Decision;
import postbus.messaging.subscription.DeadLetters.Filter;
import postbus.messaging.subscription.DeadLetters.Verdict;
import postbus.node.command.CommandContext;

/** Carries out what is decided about dead letters of all services. */
abstract class DecideCommand implements Callable<Integer> {
    private final Operator operator;
    private final Verdict verdict;

    @ArgGroup(multiplicity = "1")
    private Chosen chosen = new Chosen();

    @ArgGroup(exclusive = false, multiplicity = "1")
    private Who who = new Who();

    @Option(names = "--yes", description = "do not ask")
    private boolean isSure;

    @Option(names = "--json", description = "as JSON")
    private boolean isJson;

    DecideCommand(CommandContext context, Verdict verdict) {
        this.operator = new Operator(context);
        this.verdict = verdict;
    }

    @Command(
            name = "retry",
            mixinStandardHelpOptions = true,
            description = {
                "Has dead letters tried again at once, as often as at first; what waits behind follows in order. Nodes take"
                        + " up within seconds what was decided."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  retry 01980a3c-93a1-7c52-9d1f-2b6f0d3c7e11 --by anna --why 'the carrier is back'",
                "  retry --service shipping --reason failed --by anna --why 'the carrier is back' --yes",
                "  retry --all --by anna --why 'the database was full'"
            })
    static final class Retry extends DecideCommand {
        Retry(CommandContext context) {
            super(context, Verdict.RETRY);
        }
    }

    @Command(
            name = "discard",
            mixinStandardHelpOptions = true,
            description = {
                "Gives dead letters up; what waits behind goes on without them. They are kept, with body, in the table"
                        + " dead_letter_decision of their service."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  discard 01980a3c-93a1-7c52-9d1f-2b6f0d3c7e11 --by anna --why 'a test'",
                "  discard --type ordering.order-paid.v1 --key 4711 --by anna --why 'paid back by hand'"
            })
    static final class Discard extends DecideCommand {
        Discard(CommandContext context) {
            super(context, Verdict.DISCARD);
        }
    }

    /** One of them, or all that match. */
    static final class Chosen {
        @Parameters(paramLabel = "ID", description = "the id of one message, in every service that has it")
        private @Nullable UUID messageId;

        @ArgGroup(exclusive = false)
        private @Nullable FilterOptions filter;

        /** That it is given instead of the others is all it says. */
        @SuppressWarnings("UnusedVariable")
        @Option(names = "--all", description = "all dead letters of all services")
        private boolean isAll;
    }

    private record DecidedOf(String service, int count) {}

    private record Json(int count, List<DecidedOf> services) {}

    @Override
    public Integer call() {
        var signed = who.signed();
        var decision = new Decision(verdict, signed.by(), signed.why());
        var decided = chosen.messageId == null ? decideAll(decision) : decide(chosen.messageId, decision);
        if (decided == null) {
            operator.context().out().println("Nothing was changed.");
            return 1;
        }
        int count = decided.stream().mapToInt(DecidedOf::count).sum();
        if (isJson) {
            operator.printJson(new Json(count, decided));
        } else {
            decided.forEach(each -> operator.context()
                    .out()
                    .println((verdict == Verdict.RETRY ? "Retried " : "Discarded ") + each.count() + " of "
                            + each.service() + "."));
        }
        return count > 0 ? 0 : 1;
    }

    private List<DecidedOf> decide(UUID messageId, Decision decision) {
        var decided = new ArrayList<DecidedOf>();
        Refusal last = null;
        for (var service : operator.services(List.of())) {
            try {
                operator.deadLetters(service).decide(messageId, decision);
                decided.add(new DecidedOf(service, 1));
            } catch (Refusal refusal) {
                last = last == null || last.problem() == Problem.NOT_FOUND ? refusal : last;
            }
        }
        if (decided.isEmpty() && last != null) {
            throw last.problem() == Problem.NOT_FOUND
                    ? new IllegalArgumentException("no service has dead letter " + messageId)
                    : last;
        }
        return decided;
    }

    /** Null when it was not confirmed. */
    private @Nullable List<DecidedOf> decideAll(Decision decision) {
        var filter = chosen.filter == null ? Filter.ALL : chosen.filter.filter();
        var services = operator.services(chosen.filter == null ? List.of() : chosen.filter.services());
        if (!isSure && !isConfirmed(services, filter)) {
            return null;
        }
        var progress = operator.context().progress();
        var decided = new ArrayList<DecidedOf>();
        for (var service : services) {
            int count = operator.deadLetters(service)
                    .decide(
                            filter,
                            decision,
                            DeadLetters.DECIDED_MAX,
                            soFar -> progress.show(service + ": " + soFar + " dead letters"))
                    .count();
            if (count > 0) {
                decided.add(new DecidedOf(service, count));
            }
        }
        progress.end();
        return decided;
    }

    private boolean isConfirmed(List<String> services, Filter filter) {
        var counts = new ArrayList<String>();
        for (var service : services) {
            var page = operator.deadLetters(service).list(filter, DeadLetters.PAGE_MAX, null);
            int count = page.deadLetters().size();
            if (count > 0) {
                counts.add((page.next() == null ? "" : "more than ") + count + " of " + service);
            }
        }
        if (counts.isEmpty()) {
            operator.context().out().println("No dead letter matches.");
            return false;
        }
        var does = verdict == Verdict.RETRY ? "Retry " : "Discard ";
        return operator.context().confirm(does + String.join(", ", counts) + "?");
    }
}
