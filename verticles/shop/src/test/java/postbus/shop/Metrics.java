package postbus.shop;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a node says at {@code /metrics}, read as Prometheus reads it. */
record Metrics(List<Series> series, Map<String, String> types) {
    private static final Pattern LINE = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\",?");

    record Series(String name, Map<String, String> labels, double value) {}

    /** @param address {@code http://host:port} */
    static Metrics of(String address) {
        try {
            var request =
                    HttpRequest.newBuilder(URI.create(address + "/metrics")).build();
            return parse(HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Metrics parse(String text) {
        var types = new TreeMap<String, String>();
        text.lines().filter(line -> line.startsWith("# TYPE ")).forEach(line -> {
            var words = line.split(" ", -1);
            types.put(words[2], words[3]);
        });
        return new Metrics(
                text.lines()
                        .filter(line -> !line.startsWith("#"))
                        .map(Metrics::series)
                        .toList(),
                types);
    }

    private static Series series(String line) {
        var parts = LINE.matcher(line);
        if (!parts.matches()) {
            throw new AssertionError("not a line of Prometheus: " + line);
        }
        var labels = new LinkedHashMap<String, String>();
        if (parts.group(2) != null) {
            LABEL.matcher(parts.group(2)).results().forEach(label -> labels.put(label.group(1), label.group(2)));
        }
        return new Series(parts.group(1), labels, Double.parseDouble(parts.group(3)));
    }

    /** The names of labels that any series of this name has. */
    Set<String> labels(String name) {
        return series.stream()
                .filter(each -> each.name().equals(name))
                .flatMap(each -> each.labels().keySet().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    Set<String> names() {
        return series.stream().map(Series::name).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The sum over all series of this name that have these labels, given as name and value by turns. */
    double sum(String name, String... labels) {
        return series.stream()
                .filter(each -> each.name().equals(name))
                .filter(each -> {
                    var has = true;
                    for (int i = 0; i < labels.length; i += 2) {
                        has &= labels[i + 1].equals(each.labels().get(labels[i]));
                    }
                    return has;
                })
                .mapToDouble(Series::value)
                .sum();
    }
}
