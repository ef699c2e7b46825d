package postbus.bench.work;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/** See {@link WorkOptions#USAGE}. */
public final class RunMain {
    private RunMain() {}

    public static void main(String[] arguments) {
        if (arguments.length > 0 && arguments[0].equals("--help")) {
            System.out.print(WorkOptions.USAGE);
            return;
        }
        WorkOptions options;
        try {
            options = WorkOptions.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.print(WorkOptions.USAGE);
            System.exit(2);
            return;
        }
        try (var server = new Server()) {
            run(options, server);
        } catch (InterruptedException | ExecutionException | RuntimeException e) {
            System.err.println("WRONG: " + e);
            System.exit(1);
        }
        System.exit(0);
    }

    private static void run(WorkOptions options, Server server) throws InterruptedException, ExecutionException {
        var rounds = new ArrayList<Map<String, Double>>();
        for (int round = 0; round <= options.rounds(); round++) {
            var name = round == 0 ? "warm-up" : "round " + round + " of " + options.rounds();
            var figures = new LinkedHashMap<String, Double>();
            figures.putAll(plainSql(options, server, "plain_" + round));
            System.out.println(name + ", plain SQL: " + text(figures));
            var ours = postbus(options, server, "postbus_" + round);
            System.out.println(name + ", Postbus: " + text(ours));
            figures.putAll(ours);
            figures.put(
                    "messages/s of orders/s, effects 100 a transaction",
                    ours.getOrDefault("messages/s", 0.0)
                            / figures.getOrDefault("orders/s, effects 100 a transaction", 1.0));
            if (round > 0) {
                rounds.add(figures);
            }
        }
        write(options, server, rounds);
    }

    private static Map<String, Double> plainSql(WorkOptions options, Server server, String database) {
        var figures = PlainSql.measure(server.create(database), options);
        server.drop(database);
        return figures;
    }

    private static Map<String, Double> postbus(WorkOptions options, Server server, String database)
            throws InterruptedException, ExecutionException {
        Map<String, Double> figures;
        try (var postbus = new Postbus(server.create(database), options, server)) {
            figures = postbus.measure();
        }
        server.drop(database);
        return figures;
    }

    private static String text(Map<String, Double> figures) {
        var parts = new ArrayList<String>();
        figures.forEach((what, figure) -> parts.add(what + " " + text(figure)));
        return String.join("; ", parts);
    }

    private static String text(double figure) {
        return figure < 10 ? String.format(Locale.ROOT, "%.2f", figure) : String.format(Locale.ROOT, "%,.0f", figure);
    }

    private static void write(WorkOptions options, Server server, List<Map<String, Double>> rounds) {
        var table = new StringBuilder("| | median | of |\n|---|---:|---|\n");
        for (var what : rounds.get(0).keySet()) {
            var figures = rounds.stream()
                    .map(round -> round.getOrDefault(what, Double.NaN))
                    .toList();
            var sorted = figures.stream().sorted().toList();
            table.append("| ").append(what).append(" | ").append(text(sorted.get(sorted.size() / 2)));
            table.append(" | ")
                    .append(String.join(
                            " / ", figures.stream().map(RunMain::text).toList()))
                    .append(" |\n");
        }
        var machine = new JsonObject()
                .put("processors", Runtime.getRuntime().availableProcessors())
                .put("java", Runtime.version().toString())
                .put("postgres", server.version())
                .put("settings", new JsonObject(new LinkedHashMap<>(Server.SETTINGS)));
        var json = new JsonObject()
                .put("machine", machine)
                .put("messages", options.messages())
                .put("producers", options.producers())
                .put("seconds", options.seconds())
                .put("rounds", new JsonArray(rounds));
        try {
            Files.createDirectories(options.out());
            Files.writeString(options.out().resolve("results.json"), json.encodePrettily());
            Files.writeString(options.out().resolve("results.md"), table);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        System.out.println();
        System.out.print(table);
    }
}
