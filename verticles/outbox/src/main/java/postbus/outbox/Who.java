package postbus.outbox;

import picocli.CommandLine.Option;
import postbus.messaging.trail.Signed;

/** Who decides; for commands that leave a trace. */
final class Who {
    @Option(names = "--by", required = true, description = "who decides; kept")
    private String by = "";

    @Option(names = "--why", required = true, description = "what for; kept")
    private String why = "";

    Signed signed() {
        return new Signed(by, why);
    }
}
