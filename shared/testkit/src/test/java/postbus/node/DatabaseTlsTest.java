package postbus.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import postbus.postgres.LocalPostgres;
import postbus.testkit.Certificates;

/** A Postgres that lets nobody in without TLS, and whose certificate is for the name {@code localhost} alone. */
@Timeout(120)
class DatabaseTlsTest {
    private static final String HOW = """
            select count(*) filter (where ssl) as encrypted, count(*) as sessions
              from pg_stat_ssl join pg_stat_activity using (pid)
             where application_name like 'postbus%'
            """;

    @TempDir
    static Path folder;

    private static Certificates ours;
    private static LocalPostgres postgres;

    @BeforeAll
    static void start() throws IOException {
        ours = Certificates.in(folder.resolve("ours"), "database");
        ours.issue(List.of("database"), List.of("localhost"));
        var rules = folder.resolve("pg_hba.conf");
        Files.writeString(rules, "hostssl all all all trust\n");
        postgres = LocalPostgres.temporary(Map.of(
                "ssl", "on",
                "ssl_cert_file", ours.certificate("database").toString(),
                "ssl_key_file", ours.key("database").toString(),
                "hba_file", rules.toString()));
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static final class Idle extends VerticleBase {
        @Override
        public Future<?> start() {
            return Future.succeededFuture();
        }
    }

    private Pool work;
    private final NodeService service = NodeService.of("idle", context -> {
        work = context.service().pool();
        return new Idle();
    });
    private final NodeService withoutSchema = NodeService.withoutSchema("idle", context -> {
        work = context.service().pool();
        return new Idle();
    });

    @Test
    void migrations_and_statements_travel_by_tls_to_a_server_that_proves_its_name() {
        try (var node = Node.alone()) {
            deploy(node, service, Map.of());
            var row = work.query(HOW).execute().await().iterator().next();
            assertThat(row.getLong("encrypted")).isPositive().isEqualTo(row.getLong("sessions"));
            assertThat(work.query("select from idle.service_history")
                            .execute()
                            .await()
                            .size())
                    .isPositive();
        }
    }

    @Test
    void a_server_of_another_name_is_refused() {
        assertRefused(
                Map.of("DATABASE_URL", postgres.url()),
                "127.0.0.1:" + postgres.port()
                        + " does not prove to be the server that is meant: its certificate is for another name");
    }

    @Test
    void a_server_whose_certificate_another_authority_signed_is_refused() {
        var theirs = Certificates.in(folder.resolve("theirs"), "database");
        assertRefused(
                Map.of("DATABASE_CA", theirs.authority().toString()),
                "localhost:" + postgres.port() + " does not prove to be the server that is meant: ");
    }

    @Test
    void a_server_without_tls_is_refused() throws IOException {
        try (var server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            var answering = Thread.startVirtualThread(() -> denyTls(server));
            assertRefused(
                    Map.of(
                            "DATABASE_URL",
                            "postgresql://user:password@localhost:" + server.getLocalPort() + "/postgres"),
                    "does not prove to be the server that is meant: The server does not support SSL.");
            assertThat(answering.isAlive()).isTrue();
        }
    }

    /** What Postgres says without TLS when it is asked whether it has it, whatever the name is. */
    private static void denyTls(ServerSocket server) {
        while (!server.isClosed()) {
            try (var socket = server.accept()) {
                socket.getInputStream().readNBytes(8);
                socket.getOutputStream().write('N');
            } catch (IOException closed) {
                // The next one, if there is to be any
            }
        }
    }

    @Test
    void what_cannot_be_meant_is_refused() throws IOException {
        assertRefused(
                Map.of("DATABASE_URL", url() + "?sslmode=disable"),
                "DATABASE_CA is set, which means sslmode=verify-full");
        assertRefused(Map.of("DATABASE_CA", folder.resolve("away.pem").toString()), "away.pem is not there");
        var nothing = folder.resolve("nothing.pem");
        Files.writeString(nothing, "nothing");
        assertRefused(Map.of("DATABASE_CA", nothing.toString()), "DATABASE_CA");
    }

    /** Of a node that migrates, as of one that has no schema. */
    private void assertRefused(Map<String, String> instead, String message) {
        for (var each : List.of(service, withoutSchema)) {
            try (var node = Node.alone()) {
                assertThatThrownBy(() -> deploy(node, each, instead))
                        .isInstanceOf(SettingException.class)
                        .hasMessageContaining(message);
            }
        }
    }

    private static String url() {
        return postgres.url().replace("127.0.0.1", "localhost");
    }

    private static void deploy(Node node, NodeService service, Map<String, String> instead) {
        var settings = new HashMap<>(
                Map.of("DATABASE_URL", url(), "DATABASE_CA", ours.authority().toString(), "DATABASE_PATIENCE", "PT5S"));
        settings.putAll(instead);
        node.deploy(List.of(service), name -> Settings.of(settings));
    }
}
