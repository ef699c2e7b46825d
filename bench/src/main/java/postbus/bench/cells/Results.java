package postbus.bench.cells;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** The figures of each variant in each round, and what is to be said about them. */
final class Results {
    private final Map<String, Map<String, List<Double>>> variants = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();

    /** @param names of the variants, as they are shown; the first is what the others are compared with */
    Results(Collection<String> names) {
        names.forEach(name -> variants.put(name, new LinkedHashMap<>()));
    }

    /** One more round of a variant: the same figures as in its rounds before. */
    void add(String variant, Map<String, Double> figures) {
        var rounds = of(variant);
        figures.forEach((what, figure) ->
                rounds.computeIfAbsent(what, any -> new ArrayList<>()).add(figure));
    }

    /** A sentence below the table. */
    Results note(String sentence) {
        notes.add(sentence);
        return this;
    }

    /** What was measured of a variant, and how often it was. */
    Map<String, List<Double>> of(String variant) {
        return Objects.requireNonNull(variants.get(variant), variant);
    }

    static double median(List<Double> figures) {
        var sorted = figures.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** A row for each figure of each variant: median, every round, and the median of the rounds' ratios to the first. */
    String markdown() {
        var first = variants.values().iterator().next();
        var text = new StringBuilder("| | | median | rounds | ratio to the first |\n|---|---|---:|---|---:|\n");
        variants.forEach((variant, figures) -> figures.forEach((what, rounds) -> {
            var compared = first.get(what);
            text.append("| ")
                    .append(variant)
                    .append(" | ")
                    .append(what)
                    .append(" | ")
                    .append(text(median(rounds)))
                    .append(" | ")
                    .append(rounds.stream().map(Results::text).collect(Collectors.joining(" / ")))
                    .append(" | ")
                    .append(
                            figures == first || compared == null
                                    ? ""
                                    : String.format(Locale.ROOT, "%.2f", median(ratios(rounds, compared))))
                    .append(" |\n");
        }));
        notes.forEach(note -> text.append('\n').append(note).append('\n'));
        return text.toString();
    }

    private static List<Double> ratios(List<Double> rounds, List<Double> compared) {
        var ratios = new ArrayList<Double>();
        for (int round = 0; round < Math.min(rounds.size(), compared.size()); round++) {
            ratios.add(rounds.get(round) / compared.get(round));
        }
        return ratios;
    }

    JsonObject json() {
        var json = new JsonObject();
        variants.forEach((variant, figures) -> {
            var one = new JsonObject();
            figures.forEach((what, rounds) -> one.put(what, new JsonArray(rounds)));
            json.put(variant, one);
        });
        return new JsonObject().put("variants", json).put("notes", new JsonArray(notes));
    }

    static String inOneLine(Map<String, Double> figures) {
        return figures.entrySet().stream()
                .map(figure -> figure.getKey() + " " + text(figure.getValue()))
                .collect(Collectors.joining("; "));
    }

    private static String text(double figure) {
        return String.format(Locale.ROOT, Math.abs(figure) < 10 ? "%.2f" : "%,.0f", figure);
    }
}
