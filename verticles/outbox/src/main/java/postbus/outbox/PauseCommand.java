package postbus.outbox;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import postbus.messaging.subscription.Pauses;
import postbus.messaging.trail.Signed;
import postbus.node.command.CommandContext;

/** Pauses or resumes a subscription of the database. */
abstract class PauseCommand implements Callable<Integer> {
    private final Operator operator;

    @Parameters(paramLabel = "SUBSCRIPTION", description = "its name, which is that of its service")
    private String subscription = "";

    @Option(names = "--source", required = true, description = "whose messages; may come again")
    private List<String> sources = new ArrayList<>();

    @ArgGroup(exclusive = false, multiplicity = "1")
    private Who who = new Who();

    @Option(names = "--json", description = "as JSON")
    private boolean isJson;

    PauseCommand(CommandContext context) {
        this.operator = new Operator(context);
    }

    @Command(
            name = "pause",
            mixinStandardHelpOptions = true,
            description = {
                "Stops a subscription from taking the messages of a source. Once this is done, no instance applies any, parked"
                        + " ones included, until it is resumed; restarts do not change that. Waits for what is in hand."
                        + " Messages are kept for it meanwhile. Exit code 1 when it was paused before."
            },
            footerHeading = "%nExamples:%n",
            footer = "  pause shipping --source ordering --by anna --why 'the carrier books twice'")
    static final class Pause extends PauseCommand {
        Pause(CommandContext context) {
            super(context);
        }

        @Override
        boolean set(Pauses pauses, String source, Signed signed) {
            return pauses.pause(source, signed);
        }

        @Override
        String said(boolean hasChanged) {
            return hasChanged ? "is paused for " : "was paused before for ";
        }

        @Override
        boolean isPaused() {
            return true;
        }
    }

    @Command(
            name = "resume",
            mixinStandardHelpOptions = true,
            description = {
                "Lets a paused subscription go on with the message after the last one that was applied, within seconds. Exit"
                        + " code 1 when it was not paused."
            },
            footerHeading = "%nExamples:%n",
            footer = "  resume shipping --source ordering --by anna --why 'the carrier is mended'")
    static final class Resume extends PauseCommand {
        Resume(CommandContext context) {
            super(context);
        }

        @Override
        boolean set(Pauses pauses, String source, Signed signed) {
            return pauses.resume(source, signed);
        }

        @Override
        String said(boolean hasChanged) {
            return hasChanged ? "takes again what comes of " : "was not paused for ";
        }

        @Override
        boolean isPaused() {
            return false;
        }
    }

    /** Whether anything changed. */
    abstract boolean set(Pauses pauses, String source, Signed signed);

    /** Between subscription and source. */
    abstract String said(boolean hasChanged);

    abstract boolean isPaused();

    private record Done(String subscription, String source, boolean isPaused, boolean hasChanged) {}

    private record Json(List<Done> subscriptions) {}

    @Override
    public Integer call() {
        var signed = who.signed();
        var pauses = new Pauses(operator.transactions(operator.service(subscription)), subscription);
        var done = new ArrayList<Done>();
        for (var source : sources) {
            var hasChanged = operator.context()
                    .progress()
                    .during("waiting for what is in hand", () -> set(pauses, source, signed));
            done.add(new Done(subscription, source, isPaused(), hasChanged));
        }
        if (isJson) {
            operator.printJson(new Json(done));
        } else {
            done.forEach(each -> operator.context()
                    .out()
                    .println(subscription + " " + said(each.hasChanged()) + each.source() + "."));
        }
        return done.stream().anyMatch(Done::hasChanged) ? 0 : 1;
    }
}
