package postbus.k8s;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What the documentation says that nodes have; other tests hold it against the nodes themselves. */
final class Reference {
    private static final Pattern SETTING = Pattern.compile("(?m)^\\| `([A-Z_]+)` \\|");
    private static final Pattern METRIC = Pattern.compile("(?m)^\\| (`[^|]+`) \\|");
    private static final Pattern NAME = Pattern.compile("`([a-z_]+)`");
    private static final Pattern PATH = Pattern.compile("(?m)^  (/\\S*):$");

    private Reference() {}

    /** Names of the settings that a node of this verticle reads. */
    static Set<String> settings(String verticle) {
        var sections = Repository.text("docs/settings.md").split("(?m)^## ", -1);
        var names = new TreeSet<String>();
        for (var section : sections) {
            if (section.startsWith("Every node") || section.toLowerCase().startsWith(verticle + "\n")) {
                SETTING.matcher(section).results().forEach(found -> names.add(found.group(1)));
            }
        }
        return names;
    }

    /** Names of metrics that nodes have. */
    static Set<String> metrics() {
        var text = Repository.text("docs/operate.md");
        var section = text.substring(text.indexOf("\n## Metrics\n"), text.indexOf("\n## Traces\n"));
        var names = new TreeSet<String>();
        METRIC.matcher(section)
                .results()
                .forEach(row -> NAME.matcher(row.group(1)).results().forEach(name -> names.add(name.group(1))));
        return names;
    }

    /** Paths that the gateway answers, those of health and metrics among them, which other nodes answer too. */
    static Set<String> paths() {
        var contract = Repository.text("verticles/gateway/src/main/resources/postbus/gateway/openapi.yaml");
        var paths = new TreeSet<String>();
        PATH.matcher(contract).results().forEach(found -> paths.add(found.group(1)));
        return paths;
    }
}
