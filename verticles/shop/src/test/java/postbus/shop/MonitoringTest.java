package postbus.shop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.node.Node;
import postbus.node.Settings;
import postbus.postgres.ScratchDatabase;
import postbus.testkit.Await;

/** What a node that runs the whole shop says at {@code /metrics}, and what dashboard and alerts make of it. */
@Timeout(180)
class MonitoringTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String SOURCE = "messaging_destination_name";
    private static final String SUBSCRIPTION = "messaging_consumer_group_name";
    private static final String LANE = "messaging_destination_partition_id";
    private static final String SYSTEM = "messaging_system";
    private static final String OPERATION = "messaging_operation_name";

    /** Added by Prometheus itself. */
    private static final Set<String> OF_PROMETHEUS = Set.of("instance", "job");

    private static final Pattern LABEL_SHOWN = Pattern.compile("\\{\\{\\s*(?:\\$labels\\.)?(\\w+)\\s*}}");

    private static Node node;
    private static String address;
    private static ShopClient shop;

    @BeforeAll
    static void start() {
        var settings = new HashMap<>(OrderFlowContract.SETTINGS);
        settings.put("DATABASE_URL", ScratchDatabase.create());
        settings.put("DATABASE_POOL_SIZE", "6");
        settings.put("HTTP_PORT", "0");
        node = Node.alone();
        node.deploy(ShopMain.SERVICES, name -> Settings.of(settings));
        address = "http://127.0.0.1:" + node.httpPort();
        shop = new ShopClient(address);
        System.gc(); // what it took is measured only once it was done
        order();
        Await.until(
                "everything is measured",
                PATIENCE,
                () -> Metrics.of(address)
                        .names()
                        .containsAll(Set.of("postbus_held_messages", "jvm_gc_pause_seconds_sum")));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static void order() {
        var sku = shop.stock(10, 250);
        assertThat(shop.settled(shop.order(sku, 1, "")).getString("status")).isEqualTo("shipped");
    }

    // Names

    @Test
    void measures_of_messages_have_these_names_and_labels() {
        var metrics = Metrics.of(address);
        var found = new TreeMap<String, Set<String>>();
        metrics.names().stream()
                .filter(name -> name.startsWith("postbus_") || name.startsWith("messaging_"))
                .forEach(name -> found.put(name, metrics.labels(name)));

        var expected = new TreeMap<String, Set<String>>();
        expected.put("messaging_client_sent_messages_total", Set.of(SOURCE, SYSTEM, OPERATION));
        expected.put("messaging_client_consumed_messages_total", Set.of(SOURCE, SUBSCRIPTION, SYSTEM, OPERATION));
        addHistogram(expected, "messaging_process_duration_seconds", SUBSCRIPTION, SYSTEM, OPERATION);
        addHistogram(expected, "postbus_commit_to_handled_seconds", SOURCE, SUBSCRIPTION);
        expected.put("postbus_cut_messages_total", Set.of(SOURCE));
        addSummary(expected, "postbus_cut_duration_seconds", SOURCE);
        for (var name : List.of(
                "delivered_messages",
                "delivered_batches",
                "retried_messages",
                "parked_messages",
                "dead_messages",
                "refused_batches")) {
            expected.put("postbus_" + name + "_total", Set.of(SOURCE, SUBSCRIPTION));
        }
        expected.put("postbus_held_messages", Set.of(SOURCE, SUBSCRIPTION, "state"));
        expected.put("postbus_relay_active", Set.of(SOURCE));
        expected.put("postbus_subscription_lag_messages", Set.of(SOURCE, SUBSCRIPTION, LANE));
        expected.put("postbus_subscription_lag_seconds", Set.of(SOURCE, SUBSCRIPTION, LANE));
        expected.put("postbus_subscription_silent_seconds", Set.of(SOURCE, SUBSCRIPTION));
        expected.put("postbus_subscription_paused", Set.of(SOURCE, SUBSCRIPTION));
        expected.put("postbus_node_ready", Set.of("check"));
        expected.put("postbus_pool_max", Set.of("pool_name"));
        expected.put("postbus_thread_lag_seconds", Set.of("threads"));
        assertThat(found).isEqualTo(expected);
    }

    private static void addHistogram(Map<String, Set<String>> all, String name, String... labels) {
        addSummary(all, name, labels);
        var ofBucket = new HashSet<>(Set.of(labels));
        ofBucket.add("le");
        all.put(name + "_bucket", ofBucket);
    }

    private static void addSummary(Map<String, Set<String>> all, String name, String... labels) {
        for (var part : List.of("_count", "_sum", "_max")) {
            all.put(name + part, Set.of(labels));
        }
    }

    @Test
    void an_order_is_seen_on_its_way_in_all_measures() {
        var before = Metrics.of(address);
        order();
        Await.until("applied", PATIENCE, () -> applied(Metrics.of(address)) > applied(before));
        var after = Metrics.of(address);
        for (var name : List.of("messaging_client_sent_messages_total", "postbus_cut_messages_total")) {
            assertThat(after.sum(name, SOURCE, "ordering"))
                    .as(name)
                    .isGreaterThan(before.sum(name, SOURCE, "ordering"));
        }
        for (var name : List.of(
                "postbus_delivered_messages_total",
                "postbus_delivered_batches_total",
                "messaging_client_consumed_messages_total",
                "postbus_commit_to_handled_seconds_count")) {
            assertThat(after.sum(name, SOURCE, "ordering", SUBSCRIPTION, "shipping"))
                    .as(name)
                    .isGreaterThan(before.sum(name, SOURCE, "ordering", SUBSCRIPTION, "shipping"));
        }
        assertThat(after.sum("postbus_relay_active", SOURCE, "ordering")).isEqualTo(1);
        assertThat(after.sum("postbus_node_ready", "check", "database")).isEqualTo(1);
        assertThat(after.sum("postbus_pool_max", "pool_name", "shipping")).isEqualTo(6);
    }

    private static double applied(Metrics metrics) {
        return metrics.sum("messaging_client_consumed_messages_total", SOURCE, "ordering", SUBSCRIPTION, "shipping");
    }

    // Cardinality

    @Test
    void neither_paths_nor_methods_nor_orders_make_new_series() {
        askForNonsense();
        order();
        var before = series();
        for (int i = 0; i < 10; i++) {
            askForNonsense();
            order();
        }
        assertThat(series()).isSubsetOf(before);
    }

    private static void askForNonsense() {
        var method = "M" + UUID.randomUUID().toString().replace("-", "").toUpperCase(Locale.ROOT);
        for (var path :
                List.of("/" + UUID.randomUUID(), "/orders/" + UUID.randomUUID(), "/stock/" + UUID.randomUUID())) {
            for (var each : List.of("GET", method)) {
                try {
                    HttpClient.newHttpClient()
                            .send(
                                    HttpRequest.newBuilder(URI.create(address + path))
                                            .method(each, HttpRequest.BodyPublishers.noBody())
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding());
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    /** Those of the JVM come and go by themselves: why it collects garbage, in which states threads are. */
    private static Set<String> series() {
        return Metrics.of(address).series().stream()
                .filter(each -> !each.name().startsWith("jvm_"))
                .map(each -> each.name() + each.labels())
                .collect(Collectors.toSet());
    }

    // Dashboard and alerts

    @Test
    void the_dashboard_asks_for_what_there_is() throws IOException {
        var dashboard = new ObjectMapper().readTree(conf("grafana/postbus.json").toFile());
        var metrics = Metrics.of(address);
        int queries = 0;
        for (var panel : dashboard.path("panels")) {
            for (var target : panel.path("targets")) {
                queries++;
                requireAnswerable(
                        panel.path("title").asText(),
                        target.path("expr").asText(),
                        target.path("legendFormat").asText(),
                        metrics);
            }
        }
        assertThat(queries).isGreaterThan(30);
    }

    private record Alert(String name, JsonNode rule) {
        String annotation(String name) {
            return rule.path("annotations").path(name).asText();
        }
    }

    private static List<Alert> alerts() throws IOException {
        var alerts = new ArrayList<Alert>();
        var file = new YAMLMapper().readTree(conf("prometheus/alerts.yaml").toFile());
        file.path("groups")
                .forEach(group -> group.path("rules")
                        .forEach(rule -> alerts.add(new Alert(rule.path("alert").asText(), rule))));
        return alerts;
    }

    @Test
    void alerts_ask_for_what_there_is() throws IOException {
        var metrics = Metrics.of(address);
        assertThat(alerts()).hasSizeGreaterThan(10).extracting(Alert::name).doesNotHaveDuplicates();
        for (var alert : alerts()) {
            requireAnswerable(alert.name(), alert.rule().path("expr").asText(), alert.annotation("summary"), metrics);
        }
    }

    @Test
    void every_alert_says_how_bad_it_is_what_it_is_and_where_to_read_on() throws IOException {
        for (var alert : alerts()) {
            assertThat(alert.rule().path("labels").path("severity").asText())
                    .as(alert.name())
                    .isIn("critical", "warning");
            assertThat(alert.rule().path("for").asText()).as(alert.name()).isNotEmpty();
            assertThat(alert.annotation("summary")).as(alert.name()).isNotEmpty();
            assertThat(alert.annotation("runbook_url"))
                    .as(alert.name())
                    .matches("docs/troubleshooting\\.md#[a-z0-9-]+");
        }
    }

    @Test
    void every_alert_leads_to_a_heading() throws IOException {
        var file = root().resolve("docs/troubleshooting.md");
        var anchors = Files.readAllLines(file).stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9 -]", "")
                        .replace(' ', '-'))
                .map(anchor -> "docs/troubleshooting.md#" + anchor)
                .toList();
        for (var alert : alerts()) {
            assertThat(anchors).as(alert.name()).contains(alert.annotation("runbook_url"));
        }
    }

    private static void requireAnswerable(String what, String query, String shown, Metrics metrics) {
        var asked = PromQl.parse(query);
        var known = new HashSet<>(OF_PROMETHEUS);
        asked.metrics().forEach((name, labels) -> {
            if (!name.equals("up")) { // of Prometheus itself
                assertThat(metrics.names()).as(what).contains(name);
            }
            var ofMetric = new HashSet<>(metrics.labels(name));
            ofMetric.addAll(OF_PROMETHEUS);
            assertThat(ofMetric).as(what + ": labels of " + name).containsAll(labels);
            known.addAll(ofMetric);
        });
        assertThat(asked.metrics()).as(what).isNotEmpty();
        assertThat(known).as(what + " groups").containsAll(asked.grouping());
        var visible = new HashSet<>(asked.grouping().isEmpty() ? known : asked.grouping());
        LABEL_SHOWN
                .matcher(shown)
                .results()
                .forEach(label -> assertThat(visible).as(what + " shows").contains(label.group(1)));
    }

    private static Path conf(String file) {
        return root().resolve("conf").resolve(file);
    }

    private static Path root() {
        for (var folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("conf/jvm.options"))) {
                return folder;
            }
        }
        throw new IllegalStateException("no conf/jvm.options above here");
    }
}
