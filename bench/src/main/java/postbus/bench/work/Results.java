package postbus.bench.work;

import static postbus.bench.work.Measurement.MESSAGES;
import static postbus.bench.work.Measurement.ORDERS;
import static postbus.bench.work.Measurement.ORDERS_EFFECTS_100;
import static postbus.bench.work.Measurement.ORDERS_EFFECT_EACH;
import static postbus.bench.work.Measurement.POSTGRES_CPU;
import static postbus.bench.work.Measurement.PROCESS_CPU;
import static postbus.bench.work.Measurement.PUBLISH_RATIO;
import static postbus.bench.work.Measurement.WAL;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Of all rounds: tables and JSON.
 *
 * @param systems in the order of the tables, plain SQL among them
 */
record Results(List<String> systems, List<Outcome> outcomes) {
    private static final List<String> COSTS = List.of(MESSAGES, PUBLISH_RATIO, WAL, POSTGRES_CPU, PROCESS_CPU);
    private static final List<String> PLAIN = List.of(ORDERS, ORDERS_EFFECT_EACH, ORDERS_EFFECTS_100);

    /** What happened in a round, in a line. */
    static String line(Outcome outcome) {
        var figures = outcome.figures().entrySet().stream()
                .map(figure -> figure.getKey() + " " + text(figure.getValue()))
                .collect(Collectors.joining("; "));
        return outcome.system() + ": " + (outcome.isRight() ? figures : "WRONG, " + outcome.wrong());
    }

    /** Those that carry messages. */
    List<String> messengers() {
        return systems.stream()
                .filter(system -> !system.equals(Candidate.PLAIN_SQL))
                .toList();
    }

    /** Of the rounds in which the system did everything right; NaN when there was none. */
    double median(String system, String figure) {
        var sorted = rounds(system, figure).stream().sorted().toList();
        if (sorted.isEmpty()) {
            return Double.NaN;
        }
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }

    private List<Double> rounds(String system, String figure) {
        return of(system).stream()
                .filter(Outcome::isRight)
                .map(outcome -> outcome.figures().getOrDefault(figure, Double.NaN))
                .toList();
    }

    private List<Outcome> of(String system) {
        return outcomes.stream()
                .filter(outcome -> outcome.system().equals(system))
                .toList();
    }

    /** Medians, and in parentheses how many times the figure of Postbus that is. */
    String tables() {
        var text = new StringBuilder();
        text.append("Plain SQL:\n\n| | median | of |\n|---|---:|---|\n");
        for (var figure : PLAIN) {
            row(
                    text,
                    figure,
                    text(median(Candidate.PLAIN_SQL, figure)),
                    rounds(Candidate.PLAIN_SQL, figure).stream()
                            .map(Results::text)
                            .collect(Collectors.joining(" / ")));
        }
        var ofPlain = median(Candidate.POSTBUS, MESSAGES) / median(Candidate.PLAIN_SQL, ORDERS_EFFECTS_100);
        row(text, "messages/s of Postbus of the last", text(ofPlain), "");
        text.append("\nMedians of the rounds, and how many times the figure of Postbus:\n\n");
        table(text, COSTS);
        for (int rate : Measurement.RATES) {
            text.append("\nFrom commit to handler at ").append(rate);
            text.append(" messages/s, and from when the message was due:\n\n");
            table(
                    text,
                    List.of(
                            Measurement.latency("p50", rate),
                            Measurement.latency("p99", rate),
                            Measurement.latency("max", rate),
                            Measurement.latency("from due p99", rate)));
        }
        wrong(text);
        return text.toString();
    }

    private void table(StringBuilder text, List<String> figures) {
        row(text, "", figures.toArray(String[]::new));
        text.append("|---").append("|---:".repeat(figures.size())).append("|\n");
        for (var system : messengers()) {
            row(
                    text,
                    system,
                    figures.stream().map(figure -> cell(system, figure)).toArray(String[]::new));
        }
    }

    private String cell(String system, String figure) {
        double median = median(system, figure);
        if (Double.isNaN(median)) {
            return "wrong";
        }
        if (system.equals(Candidate.POSTBUS)) {
            return text(median);
        }
        return text(median) + " (" + text(median / median(Candidate.POSTBUS, figure)) + ")";
    }

    private static void row(StringBuilder text, String first, String... more) {
        text.append("| ")
                .append(first)
                .append(" | ")
                .append(String.join(" | ", more))
                .append(" |\n");
    }

    private void wrong(StringBuilder text) {
        var wrong = outcomes.stream().filter(outcome -> !outcome.isRight()).toList();
        if (wrong.isEmpty()) {
            text.append("\nEvery message took effect, and once.\n");
            return;
        }
        text.append("\nWrong, and not in the medians:\n\n");
        for (var outcome : wrong) {
            text.append("- ").append(outcome.system()).append(", round ").append(outcome.round());
            text.append(": ").append(outcome.wrong()).append('\n');
        }
    }

    /** How each system was set, as it says itself. */
    private String settings() {
        var text = new StringBuilder("\n| | version | settings |\n|---|---|---|\n");
        for (var system : systems) {
            var outcome = of(system).get(0);
            row(
                    text,
                    system,
                    outcome.version(),
                    outcome.settings().entrySet().stream()
                            .map(setting -> setting.getKey() + ": " + setting.getValue())
                            .collect(Collectors.joining("; ")));
        }
        return text.toString();
    }

    private static String conditions(WorkOptions options, String postgres) {
        return """
                %d processors, %s %s, Java %s with %s; Postgres %s with %s. Each process: %,d messages that warm up, \
                %,d in a closed loop of %d producers, %d s at each steady rate.

                """.formatted(
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("os.name"),
                        System.getProperty("os.version"),
                        Runtime.version(),
                        String.join(" ", jvmOptions()),
                        postgres,
                        new TreeMap<>(Server.SETTINGS),
                        options.warmUp(),
                        options.messages(),
                        options.producers(),
                        options.seconds());
    }

    /** Of this process, and so of those it starts. */
    private static List<String> jvmOptions() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments();
    }

    /** Into {@code results.md} and {@code results.json}. */
    void write(WorkOptions options, String postgres) {
        try {
            Files.createDirectories(options.out());
            Files.writeString(
                    options.out().resolve("results.md"), conditions(options, postgres) + tables() + settings());
            Files.writeString(
                    options.out().resolve("results.json"),
                    json(options, postgres).encodePrettily());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonObject json(WorkOptions options, String postgres) {
        var machine = new JsonObject()
                .put("processors", Runtime.getRuntime().availableProcessors())
                .put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"))
                .put("java", Runtime.version().toString())
                .put("jvmOptions", new JsonArray(jvmOptions()))
                .put("postgres", postgres)
                .put("settings", new JsonObject(new LinkedHashMap<>(Server.SETTINGS)));
        var bySystem = new JsonObject();
        for (var system : systems) {
            bySystem.put(system, json(of(system)));
        }
        return new JsonObject()
                .put("machine", machine)
                .put("messages", options.messages())
                .put("warmUp", options.warmUp())
                .put("producers", options.producers())
                .put("seconds", options.seconds())
                .put("systems", bySystem);
    }

    private static JsonObject json(List<Outcome> outcomes) {
        var rounds = new JsonArray();
        for (var outcome : outcomes) {
            var round = new JsonObject(new LinkedHashMap<>(outcome.figures())).put("round", outcome.round());
            rounds.add(outcome.isRight() ? round : round.put("wrong", outcome.wrong()));
        }
        var first = outcomes.get(0);
        return new JsonObject()
                .put("version", first.version())
                .put("settings", new JsonObject(new LinkedHashMap<>(first.settings())))
                .put("rounds", rounds);
    }

    private static String text(double figure) {
        var format = figure < 10 ? "%.2f" : figure < 100 ? "%.1f" : "%,.0f";
        return String.format(Locale.ROOT, format, figure);
    }
}
