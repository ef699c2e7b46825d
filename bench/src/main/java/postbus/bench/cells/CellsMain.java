package postbus.bench.cells;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import postbus.bench.Arguments;
import postbus.bench.work.RunMain;

/** {@code bench/run CELL}: one measurement by its name, or all of them one after the other, in brief. */
public final class CellsMain {
    private static final String ALL = "all-cells";

    /** @param brief its options among all-cells */
    private record Named(String name, String usage, Function<Arguments, Cell> parse, List<String> brief) {}

    private static final List<Named> CELLS = List.of(
            new Named("start", Start.USAGE, Start::parse, List.of("--rounds", "1", "--idle", "10")),
            new Named("http", Http.USAGE, Http::parse, List.of("--rounds", "1", "--orders", "1000")),
            new Named("gateway", Gateway.USAGE, Gateway::parse, List.of("--rounds", "3", "--seconds", "5")),
            new Named("scale", Scale.USAGE, Scale::parse, List.of("--rounds", "1")),
            new Named("subscriptions", Fanout.USAGE, Fanout::parse, List.of("--rounds", "1", "--seconds", "5")),
            new Named("weather", Weather.USAGE, Weather::parse, List.of("--rounds", "1", "--backlog", "100000")),
            new Named("drain", Drain.USAGE, Drain::parse, List.of("--rounds", "1", "--messages", "100000")));

    private static final String USAGE = """

            usage: bench/run CELL [option value]...

            Measures what CELL names, in turns; checks that each message took effect once; ends with a table, which is also
            in OUT/results.md and, with every round, OUT/results.json. Exit codes as above.

              --out FOLDER    for the results                               (default bench/target/run/CELL)

            all-cells: all of these, one after the other, with fewer rounds.
            jmh: the wire, one cut and one batch, by JMH; bench/run jmh -h has its options.
            """;

    private CellsMain() {}

    public static void main(String[] arguments) {
        if (arguments.length == 0 || arguments[0].equals("--help")) {
            RunMain.main(new String[] {"--help"});
            System.out.print(USAGE);
            CELLS.forEach(cell -> System.out.print("\n" + cell.usage()));
            return;
        }
        var rest = Arrays.copyOfRange(arguments, 1, arguments.length);
        try {
            if (arguments[0].equals(ALL)) {
                for (var cell : CELLS) {
                    run(cell, cell.brief().toArray(String[]::new));
                }
            } else {
                run(named(arguments[0]), rest);
            }
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        } catch (Exception e) {
            System.err.println("WRONG: " + e);
            System.exit(1);
        }
        System.exit(0);
    }

    private static Named named(String name) {
        return CELLS.stream()
                .filter(cell -> cell.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such measurement: " + name + "; there are "
                        + String.join(", ", CELLS.stream().map(Named::name).toList()) + ", " + ALL));
    }

    private static void run(Named named, String[] options) throws Exception {
        var given = new Arguments(options);
        var out = Path.of(given.text("out", "bench/target/run/" + named.name()));
        var cell = named.parse().apply(given);
        given.requireNoMore();
        System.out.println(cell);
        write(out, cell, cell.measure());
    }

    private static void write(Path out, Cell cell, Results results) throws IOException {
        var json = new JsonObject()
                .put("cell", cell.toString())
                .put("processors", Runtime.getRuntime().availableProcessors())
                .put("java", Runtime.version().toString())
                .mergeIn(results.json());
        Files.createDirectories(out);
        Files.writeString(out.resolve("results.json"), json.encodePrettily());
        Files.writeString(out.resolve("results.md"), results.markdown());
        System.out.println();
        System.out.print(results.markdown());
    }
}
