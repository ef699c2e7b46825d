package postbus.shop;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What a query of Prometheus asks for, as far as our own queries go.
 *
 * @param metrics with the labels that each is selected by
 * @param grouping labels by which results are grouped
 */
record PromQl(Map<String, Set<String>> metrics, Set<String> grouping) {
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool", "offset");

    private static final Pattern TEXT = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");
    private static final Pattern RANGE = Pattern.compile("\\[[^]]*]");
    private static final Pattern GROUPING = Pattern.compile("\\b(?:by|without|on|ignoring)\\s*\\(([^)]*)\\)");
    private static final Pattern SELECTOR = Pattern.compile("([a-zA-Z_]\\w*)\\s*\\{([^}]*)}");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)");
    private static final Pattern NAME = Pattern.compile("\\b([a-zA-Z_]\\w*)\\b(?!\\s*\\()");

    static PromQl parse(String query) {
        var metrics = new LinkedHashMap<String, Set<String>>();
        var grouping = new TreeSet<String>();
        var plain = RANGE.matcher(TEXT.matcher(query).replaceAll("\"\"")).replaceAll("");
        GROUPING.matcher(plain)
                .results()
                .forEach(found -> grouping.addAll(Set.of(found.group(1).split("\\s*,\\s*"))));
        plain = GROUPING.matcher(plain).replaceAll("");
        SELECTOR.matcher(plain).results().forEach(found -> {
            var labels = metrics.computeIfAbsent(found.group(1), name -> new TreeSet<>());
            MATCHER.matcher(found.group(2)).results().forEach(label -> labels.add(label.group(1)));
        });
        plain = SELECTOR.matcher(plain).replaceAll("");
        NAME.matcher(plain)
                .results()
                .map(found -> found.group(1))
                .filter(name -> !WORDS.contains(name))
                .forEach(name -> metrics.computeIfAbsent(name, any -> new TreeSet<>()));
        return new PromQl(metrics, grouping);
    }
}
