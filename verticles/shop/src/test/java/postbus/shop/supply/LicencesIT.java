package postbus.shop.supply;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import postbus.shop.ShopServices;

/** Every fat jar says what is in it, and nothing is in one whose licence nobody has agreed to. */
class LicencesIT {
    private static final Path VERTICLES = Path.of("verticles");
    private static final Path LIST = Path.of("docs/licences.md");
    private static final Path CHECKSUMS = Path.of(".mvn/checksums/checksums.sha256");
    private static final Pattern CLASSIFIER = Pattern.compile("classifier=([^&#]+)");
    private static final Path VENDORED =
            Path.of("verticles/gateway/src/main/resources/postbus/gateway/console/vendor/VENDORED.txt");

    /** Of several that a library offers, one of these is taken. A new one is added here by somebody who has read it. */
    private static final Set<String> ALLOWED = Set.of(
            "Apache-2.0",
            "BSD-2-Clause",
            "BSD-3-Clause",
            "MIT",
            "MIT-0",
            "EPL-1.0",
            "EPL-2.0",
            "CC0-1.0",
            "0BSD",
            "PostgreSQL");

    /** What a pom says in other words than SPDX has. */
    private static final Map<String, String> BY_NAME = Map.of(
            "Eclipse Public License - v 2.0", "EPL-2.0",
            "Apache License, Version 2.0", "Apache-2.0",
            "The Apache License, Version 2.0", "Apache-2.0",
            "Public Domain", "CC0-1.0");

    private static final Pattern VENDORED_FILE =
            Pattern.compile("(?m)^(\\S+\\.mjs)\\s+(\\S+)\\s+([0-9.]+)\\s+([A-Za-z0-9.-]+),.*$");

    private static final String HEAD = """
            # Licences

            What other people made and the fat jars carry, with its licences. Of several one may be chosen. `LicencesIT` makes this
            list from the bills of materials of the fat jars, and fails for a licence that nobody has agreed to. To make it anew, after
            a library came, went or changed:

                ./mvnw verify -pl verticles/shop -am -Dtest=None -Dit.test=LicencesIT -Dpostbus.licences.write=true \\
                       -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false

            | library | version | licences | in |
            |---|---|---|---|
            """;

    private record Library(String version, Set<String> licences, Set<String> in) {}

    @Test
    void every_fat_jar_has_its_bill_of_materials_with_a_hash_of_each_part() throws IOException {
        for (var name : jars()) {
            var parts = bill(name).getJsonArray("components");
            assertThat(parts.size()).as(name).isGreaterThan(40);
            for (var part : parts) {
                var hashes = ((JsonObject) part)
                        .getJsonArray("hashes", new JsonArray())
                        .encode();
                assertThat(hashes)
                        .as(name + " " + ((JsonObject) part).getString("purl"))
                        .contains("SHA-256");
            }
        }
    }

    @Test
    void every_part_is_held_to_a_hash_when_it_is_downloaded() throws IOException {
        var known = Files.readAllLines(CHECKSUMS).stream()
                .map(line -> line.split(" +", 2))
                .collect(Collectors.toMap(line -> line[1], line -> line[0]));
        var wrong = new TreeSet<String>();
        for (var part : bill("shop").getJsonArray("components")) {
            var component = (JsonObject) part;
            if (!"io.postbus".equals(component.getString("group"))
                    && !sha256(component).equals(known.get(path(component)))) {
                wrong.add(path(component));
            }
        }
        assertThat(wrong)
                .as("not in " + CHECKSUMS + ", or otherwise: run .mvn/checksums/record and look at the difference")
                .isEmpty();
    }

    private static String sha256(JsonObject component) {
        return component.getJsonArray("hashes").stream()
                .map(JsonObject.class::cast)
                .filter(hash -> hash.getString("alg").equals("SHA-256"))
                .map(hash -> hash.getString("content"))
                .findFirst()
                .orElseThrow();
    }

    /** In a repository. */
    private static String path(JsonObject component) {
        var name = component.getString("name");
        var version = component.getString("version");
        var classifier = CLASSIFIER.matcher(component.getString("purl"));
        return component.getString("group").replace('.', '/') + "/" + name + "/" + version + "/" + name + "-" + version
                + (classifier.find() ? "-" + classifier.group(1) : "") + ".jar";
    }

    @Test
    void every_licence_is_one_that_somebody_agreed_to() throws IOException {
        var unknown = new TreeSet<String>();
        libraries().forEach((name, library) -> {
            if (library.licences().stream().noneMatch(ALLOWED::contains)) {
                unknown.add(name + " " + library.licences());
            }
        });
        assertThat(unknown).as("licences to be read, and allowed here or not").isEmpty();
    }

    @Test
    void the_list_is_what_is_in_the_fat_jars() throws IOException {
        var made = list();
        if (Boolean.getBoolean("postbus.licences.write")) {
            Files.writeString(LIST, made);
        }
        assertThat(Files.exists(LIST) ? Files.readString(LIST) : "")
                .as("a library came, went or changed: run this test with -Dpostbus.licences.write=true and check "
                        + LIST + " in")
                .isEqualTo(made);
    }

    private static List<String> jars() {
        var names = new ArrayList<>(
                ShopServices.ALL.stream().map(service -> service.name()).toList());
        names.add("shop");
        return names;
    }

    private static JsonObject bill(String name) throws IOException {
        try (var jar =
                new JarFile(VERTICLES.resolve(name + "/target/" + name + ".jar").toFile())) {
            var entry = jar.getJarEntry("META-INF/sbom/" + name + ".cdx.json");
            assertThat(entry)
                    .as("the bill of materials of " + name + ", which Maven does not make offline")
                    .isNotNull();
            return new JsonObject(new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static Map<String, Library> libraries() throws IOException {
        var libraries = new TreeMap<String, Library>();
        for (var name : jars()) {
            for (var part : bill(name).getJsonArray("components")) {
                var component = (JsonObject) part;
                if (!"io.postbus".equals(component.getString("group"))) {
                    libraries
                            .computeIfAbsent(
                                    component.getString("group") + ":" + component.getString("name"),
                                    id -> new Library(
                                            component.getString("version"), licences(component), new TreeSet<>()))
                            .in()
                            .add(name);
                }
            }
        }
        return libraries;
    }

    private static Set<String> licences(JsonObject component) {
        var licences = new TreeSet<String>();
        for (var each : component.getJsonArray("licenses", new JsonArray())) {
            var choice = (JsonObject) each;
            var licence = choice.getJsonObject("license", new JsonObject());
            var name = licence.getString("name", choice.getString("expression", "none said"));
            licences.add(licence.getString("id", BY_NAME.getOrDefault(name, name)));
        }
        return licences;
    }

    private static String list() throws IOException {
        var all = jars().size();
        var lines = new ArrayList<String>();
        libraries()
                .forEach((name, library) -> lines.add("| `" + name + "` | " + library.version() + " | "
                        + String.join(", ", library.licences()) + " | "
                        + (library.in().size() == all ? "all" : String.join(", ", library.in())) + " |"));
        VENDORED_FILE
                .matcher(Files.readString(VENDORED))
                .results()
                .forEach(file -> lines.add("| `" + file.group(2)
                        + "`, as `" + file.group(1) + "` of the console | " + file.group(3) + " | " + file.group(4)
                        + " | gateway, shop |"));
        return lines.stream().collect(Collectors.joining("\n", HEAD, "\n"));
    }
}
