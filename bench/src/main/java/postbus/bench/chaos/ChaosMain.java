package postbus.bench.chaos;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.LocalDateTime;
import java.time.ZoneId;
import postbus.node.Node;
import postbus.testkit.network.Hosts;

/** The chaos tool: see {@link ChaosOptions#USAGE}. */
public final class ChaosMain {
    private static final int SEED_MAX = 1_000_000_000;

    private ChaosMain() {}

    public static void main(String[] arguments) {
        if (arguments.length > 0 && arguments[0].equals("--help")) {
            System.out.print(ChaosOptions.USAGE);
            return;
        }
        var home = Path.of("").toAbsolutePath();
        Node.useLogging(home.resolve("conf"), System.getenv());
        try {
            var options =
                    ChaosOptions.parse(arguments, new SecureRandom().nextInt(SEED_MAX), LocalDateTime.now(zone()));
            var schedule = schedule(options);
            if (options.hosts() > 0) {
                requireNetwork();
            }
            createFolder(options.folder());
            System.exit(run(options, schedule, home));
        } catch (IllegalArgumentException e) {
            System.err.println("chaos: " + e.getMessage());
            System.exit(2);
        } catch (Exception e) {
            e.printStackTrace();
            System.exit(2);
        }
    }

    private static ZoneId zone() {
        return ZoneId.systemDefault();
    }

    private static Schedule schedule(ChaosOptions options) throws IOException {
        var targets = new Targets(options.instances(), Network.names(options.hosts()));
        var file = options.schedule();
        if (file == null) {
            return Chance.draw(options.seed(), targets, options.during(), options.every());
        }
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException("--schedule: there is no file " + file);
        }
        return Schedule.read(Files.readAllLines(file), targets);
    }

    private static void requireNetwork() {
        Hosts.whyImpossible().ifPresent(why -> {
            throw new IllegalArgumentException("--hosts: no network namespaces here: " + why);
        });
    }

    static void createFolder(Path folder) throws IOException {
        var absolute = folder.toAbsolutePath();
        Files.createDirectories(absolute.getParent());
        try {
            Files.createDirectory(absolute);
        } catch (FileAlreadyExistsException e) {
            throw new IllegalArgumentException("--folder: " + folder + " is there already");
        }
    }

    private static int run(ChaosOptions options, Schedule schedule, Path home) throws Exception {
        Files.write(options.folder().resolve("schedule.txt"), schedule.lines());
        Files.writeString(options.folder().resolve("seed.txt"), options.seed() + "\n");
        try (var log = new RunLog(options.folder())) {
            log.line("seed %d, %d orders, %d faults within %s%s"
                    .formatted(
                            options.seed(),
                            options.orders(),
                            schedule.entries().size(),
                            FaultText.write(schedule.end()),
                            options.hosts() == 0 ? "; without --hosts no faults of the network" : ""));
            var run = new Run(options, schedule, home, log);
            // Whatever ends this process, no node outlives it
            Runtime.getRuntime().addShutdownHook(new Thread(run::close, "end"));
            var violations = run.run();
            log.line("seed, schedule, result and logs are in " + options.folder());
            if (!run.failedFaults().isEmpty()) {
                log.line("This run does not count, faults could not be brought about: " + run.failedFaults());
                return 2;
            }
            log.line(
                    violations.isEmpty()
                            ? "Every promise was kept."
                            : "The database is kept in " + options.databaseFolder());
            return violations.isEmpty() ? 0 : 1;
        }
    }
}
