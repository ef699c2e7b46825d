package postbus.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import postbus.postgres.LocalPostgres;
import postbus.testkit.Await;
import postbus.testkit.network.Host;
import postbus.testkit.network.Hosts;

/** The image's file tree is made from the fat jar, and is all that a service needs. */
@Timeout(300)
class ImageIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /** A drain takes 10 s, and the machine may be busy. */
    private static final Duration END_MAX = Duration.ofSeconds(30);

    private static final String SERVICE = "inventory";
    /** The gateway answers health there too. */
    private static final int HTTP = 8080;

    private static final int OPS = 8081;

    @TempDir
    private static Path folder;

    private static ImageTree service;
    private static ImageTree gateway;

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeAll
    static void make() {
        service = ImageTree.of(SERVICE, folder.resolve(SERVICE), ImageTree.fatJar(SERVICE));
        gateway = ImageTree.of("gateway", folder.resolve("gateway"), ImageTree.fatJar("gateway"));
    }

    @Test
    void a_change_of_one_class_changes_the_last_layer_alone_which_is_small() throws IOException {
        var changed = Files.copy(ImageTree.fatJar(SERVICE), folder.resolve("changed.jar"));
        try (var jar = FileSystems.newFileSystem(changed)) {
            var type = jar.getPath("postbus/inventory/Shelf.class");
            Files.write(type, Files.readAllBytes(jar.getPath("postbus/inventory/Shelves.class")));
        }
        var after = ImageTree.of(SERVICE, folder.resolve("changed"), changed).digests();
        var before = service.digests();
        var last = Dockerfile.layers().get(Dockerfile.layers().size() - 1);
        assertThat(after).doesNotContainEntry(last, before.get(last));
        before.remove(last);
        assertThat(after).containsAllEntriesOf(before);
        var bytes = service.bytes(last);
        System.out.println("image.layers " + SERVICE + " "
                + Dockerfile.layers().stream()
                        .map(layer -> layer + "=" + service.bytes(layer))
                        .toList());
        assertThat(bytes).isPositive().isLessThan(100_000);
    }

    @Test
    void the_runtime_is_the_same_for_every_verticle() {
        var runtime = Dockerfile.layers().get(0);
        assertThat(gateway.digests()).containsEntry(runtime, service.digests().get(runtime));
    }

    @Test
    void there_is_no_shell_and_nothing_that_another_user_may_write() throws IOException {
        for (var layer : Dockerfile.layers()) {
            try (var files = Files.walk(service.layer(layer))) {
                assertThat(files).allSatisfy(file -> {
                    assertThat(file.getFileName().toString()).isNotIn("sh", "bash", "busybox");
                    if (!file.endsWith("tmp") && !Files.isSymbolicLink(file)) {
                        assertThat(Files.getPosixFilePermissions(file).toString())
                                .as(file.toString())
                                .doesNotContain("OTHERS_WRITE", "GROUP_WRITE");
                    }
                });
            }
        }
    }

    @Test
    void a_service_and_a_gateway_run_from_their_trees_as_the_manifests_say_and_end_when_told() throws Exception {
        Hosts.assumePossible();
        try (var hosts = Hosts.create(2);
                var postgres = LocalPostgres.temporary()) {
            var database = hosts.publish(postgres.url());
            try (var migration = start(SERVICE, service, hosts.host(1), hosts, database, "migrate")) {
                assertThat(migration.awaitEnd(PATIENCE)).as(migration.log()).isZero();
                assertThat(migration.log()).contains("The schema inventory is up to date.");
            }
            try (var inventory = start(SERVICE, service, hosts.host(1), hosts, database);
                    var door = start("gateway", gateway, hosts.host(2), hosts, database)) {
                awaitStatus(inventory, hosts.host(1), OPS, "/health/ready", 200);
                awaitStatus(door, hosts.host(2), HTTP, "/health/ready", 200);
                // By way of the cluster, whose members have found each other by name
                awaitStatus(door, hosts.host(2), HTTP, "/stock/unheard-of", 404);
                assertThat(get(hosts.host(1), OPS, "/metrics").orElseThrow().body())
                        .contains("postbus_node_ready", "jvm_memory_max_bytes");
                for (var container : new Container[] {inventory, door}) {
                    requireContained(container);
                }
                // 40 % of the 512 MiB that the manifest allows
                assertThat(heapMax(hosts.host(1))).isBetween(190.0 * 1024 * 1024, 205.0 * 1024 * 1024);
                assertThat(inventory.end(END_MAX)).as(inventory.log()).isZero();
                assertThat(door.end(END_MAX)).as(door.log()).isZero();
                assertThat(inventory.log()).contains("inventory has ended");
                // A log line is an object, as LOG_FORMAT says
                assertThat(door.log()).contains("{\"timestamp\":", "gateway.listening ", "gateway has ended");
            }
        }
    }

    /** With what the manifest gives it; what is known only in a cluster is known here. */
    private static Container start(
            String verticle, ImageTree tree, Host host, Hosts hosts, String database, String... arguments)
            throws IOException {
        var manifests = Manifests.of("local");
        var node = Pods.node(manifests.one(Deployment.class, verticle));
        var environment = new HashMap<String, String>();
        Pods.environment(manifests, node).forEach((name, variable) -> {
            var source = variable.getValueFrom();
            environment.put(
                    name,
                    source == null ? variable.getValue() : source.getFieldRef() != null ? host.address() : database);
        });
        // There is no limit that a container runtime has set here
        var limit = node.getResources().getLimits().get("memory").getNumericalAmount();
        environment.put("JAVA_TOOL_OPTIONS", "-XX:MaxRAM=" + limit.longValue());
        var names = new StringBuilder("127.0.0.1 localhost\n");
        hosts.all().forEach(one -> names.append(one.address()).append(" members\n"));
        return Container.start(
                tree,
                Files.createTempDirectory(folder, verticle),
                host,
                environment,
                names.toString(),
                List.of(arguments));
    }

    private static void requireContained(Container container) {
        var status = container.proc("status");
        assertThat(status)
                .containsPattern("Uid:\\s+10001\\s+10001\\s+10001\\s+10001")
                .containsPattern("Gid:\\s+10001\\s+10001\\s+10001\\s+10001")
                .containsPattern("Groups:\\s+\n")
                .containsPattern("CapEff:\\s+0+\n")
                .containsPattern("CapPrm:\\s+0+\n")
                .containsPattern("NoNewPrivs:\\s+1");
        assertThat(container.proc("cmdline")).startsWith("/app/jre/bin/java\0");
        assertThat(container.proc("mountinfo").lines())
                .anyMatch(mount -> mount.contains(" / ro,"))
                .anyMatch(mount -> mount.contains(" /tmp rw,"));
    }

    private double heapMax(Host host) {
        return get(host, OPS, "/metrics")
                .orElseThrow()
                .body()
                .lines()
                .filter(line -> line.startsWith("jvm_memory_max_bytes{area=\"heap\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private void awaitStatus(Container container, Host host, int port, String path, int status) {
        Await.until(path + " of " + host.name() + " is " + status, PATIENCE, () -> {
            assertThat(container.isAlive()).as(container.log()).isTrue();
            return get(host, port, path)
                    .filter(answer -> answer.statusCode() == status)
                    .isPresent();
        });
    }

    /** The answer, if there is one. */
    private Optional<HttpResponse<String>> get(Host host, int port, String path) {
        var request = HttpRequest.newBuilder(URI.create("http://" + host.address() + ":" + port + path))
                .timeout(Duration.ofSeconds(10))
                .build();
        try {
            return Optional.of(client.send(request, HttpResponse.BodyHandlers.ofString()));
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
