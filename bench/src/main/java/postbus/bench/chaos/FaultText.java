package postbus.bench.chaos;

import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;

/** Faults as text. What is wrong is an {@link IllegalArgumentException} that says what would be right. */
final class FaultText {
    static final String FORMS = """
            kill INSTANCE                        SIGKILL; whoever ends is started again after 2 s
            term INSTANCE                        SIGTERM
            stop INSTANCE for DURATION           SIGSTOP, then SIGCONT
            terminate-connections                pg_terminate_backend of every session
            restart-postgres                     an orderly restart
            crash-postgres                       an immediate one, without a checkpoint
            slow-database DELAY for DURATION     every answer comes later by DELAY
            refuse-database for DURATION         connections are reset and refused
            mute-database for DURATION           nothing comes through, and nobody is told
            cut HOST,HOST|HOST for DURATION      no packet between the two groups; "database" may be in one
            unplug HOST for DURATION             no packet to or from it
            deafen HOST for DURATION             it is heard by the others and does not hear them
            lose HOST PERCENT% for DURATION      of the packets to and from it
            delay HOST DELAY for DURATION        everything to and from it takes longer by DELAY
            """;

    private static final Pattern DURATION = Pattern.compile("(\\d{1,7})(ms|s|m)");
    private static final Pattern PERCENT = Pattern.compile("(\\d{1,2})%");

    private FaultText() {}

    static String write(Fault fault) {
        return switch (fault) {
            case Fault.Kill kill -> "kill " + kill.instance();
            case Fault.Term term -> "term " + term.instance();
            case Fault.Stop stop -> "stop " + stop.instance() + lasting(stop);
            case Fault.TerminateConnections terminate -> terminate.kind();
            case Fault.RestartPostgres restart -> restart.kind();
            case Fault.CrashPostgres crash -> crash.kind();
            case Fault.SlowDatabase slow -> "slow-database " + write(slow.delay()) + lasting(slow);
            case Fault.RefuseDatabase refuse -> "refuse-database" + lasting(refuse);
            case Fault.MuteDatabase mute -> "mute-database" + lasting(mute);
            case Fault.Cut cut ->
                "cut " + String.join(",", cut.some()) + "|" + String.join(",", cut.others()) + lasting(cut);
            case Fault.Deafen deafen -> "deafen " + deafen.host() + lasting(deafen);
            case Fault.Unplug unplug -> "unplug " + unplug.host() + lasting(unplug);
            case Fault.Delay delay -> "delay " + delay.host() + " " + write(delay.delay()) + lasting(delay);
            case Fault.Lose lose -> "lose " + lose.host() + " " + lose.percent() + "%" + lasting(lose);
        };
    }

    private static String lasting(Fault fault) {
        return " for " + write(fault.duration());
    }

    static String write(Duration duration) {
        return duration.toMillisPart() == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    static Duration readDuration(String text) {
        var match = DURATION.matcher(text);
        if (!match.matches()) {
            throw new IllegalArgumentException("not a duration: '" + text + "'; allowed: 500ms, 12s, 2m");
        }
        long number = Long.parseLong(match.group(1));
        return switch (match.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMinutes(number);
        };
    }

    static Fault read(String text, Targets targets) {
        var words = new Words(text, targets);
        var kind = words.next();
        var fault = switch (kind) {
            case "kill" -> new Fault.Kill(words.instance());
            case "term" -> new Fault.Term(words.instance());
            case "stop" -> new Fault.Stop(words.instance(), words.lasting());
            case "terminate-connections" -> new Fault.TerminateConnections();
            case "restart-postgres" -> new Fault.RestartPostgres();
            case "crash-postgres" -> new Fault.CrashPostgres();
            case "slow-database" -> new Fault.SlowDatabase(words.duration(), words.lasting());
            case "refuse-database" -> new Fault.RefuseDatabase(words.lasting());
            case "mute-database" -> new Fault.MuteDatabase(words.lasting());
            case "cut" -> words.cut();
            case "deafen" -> new Fault.Deafen(words.host(), words.lasting());
            case "unplug" -> new Fault.Unplug(words.host(), words.lasting());
            case "delay" -> new Fault.Delay(words.host(), words.duration(), words.lasting());
            case "lose" -> new Fault.Lose(words.host(), words.percent(), words.lasting());
            default ->
                throw new IllegalArgumentException("no fault '" + kind + "'; allowed:\n" + FORMS.stripTrailing());
        };
        words.end();
        return fault;
    }

    /** The words of one fault, each read as what is expected next. */
    private static final class Words {
        private final String text;
        private final Targets targets;
        private final Iterator<String> words;

        Words(String text, Targets targets) {
            this.text = text;
            this.targets = targets;
            this.words = Arrays.asList(text.strip().split("\\s+", -1)).iterator();
        }

        String next() {
            if (!words.hasNext()) {
                throw wrong();
            }
            return words.next();
        }

        private IllegalArgumentException wrong() {
            var kind = text.strip().split("\\s+", -1)[0];
            var form = FORMS.lines().filter(line -> line.startsWith(kind + " ")).findFirst();
            return new IllegalArgumentException("'" + text.strip() + "' is not complete, or says too much; allowed: "
                    + form.map(line -> line.split("\\s{2,}", 2)[0]).orElse("one of\n" + FORMS));
        }

        void end() {
            if (words.hasNext()) {
                throw wrong();
            }
        }

        String instance() {
            var name = next();
            if (targets.instances().contains(name)) {
                return name;
            }
            if (targets.instances().contains(name + "-1")) {
                return name + "-1";
            }
            throw new IllegalArgumentException(
                    "no instance '" + name + "'; there are: " + String.join(", ", targets.instances()));
        }

        String host() {
            return oneOf(targets.hosts(), next());
        }

        private String oneOf(List<String> hosts, String name) {
            if (targets.hosts().isEmpty()) {
                throw new IllegalArgumentException("no network faults in this run: it has no hosts (see --hosts)");
            }
            if (!hosts.contains(name)) {
                throw new IllegalArgumentException("no host '" + name + "'; there are: " + String.join(", ", hosts));
            }
            return name;
        }

        Fault.Cut cut() {
            var groups = next().split("\\|", -1);
            if (groups.length != 2) {
                throw wrong();
            }
            var some = hosts(groups[0]);
            var others = hosts(groups[1]);
            if (some.stream().anyMatch(others::contains)) {
                throw new IllegalArgumentException("a host is on both sides of '" + text.strip() + "'");
            }
            return new Fault.Cut(some, others, lasting());
        }

        private List<String> hosts(String names) {
            return Arrays.stream(names.split(",", -1))
                    .map(name -> oneOf(targets.parties(), name))
                    .toList();
        }

        Duration duration() {
            return readDuration(next());
        }

        Duration lasting() {
            if (!next().equals("for")) {
                throw wrong();
            }
            return duration();
        }

        int percent() {
            var word = next();
            var match = PERCENT.matcher(word);
            if (!match.matches()) {
                throw new IllegalArgumentException("not a percentage: '" + word + "'; allowed: 0% to 99%");
            }
            return Integer.parseInt(match.group(1));
        }
    }
}
