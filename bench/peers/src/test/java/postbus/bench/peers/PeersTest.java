package postbus.bench.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import postbus.bench.subject.Tables;
import postbus.postgres.LocalPostgres;

/** That each peer does the work in a process of its own; how fast it is does not matter here. */
@Timeout(180)
class PeersTest {
    private static final String PRODUCERS = "4";

    private static LocalPostgres postgres;

    @TempDir
    Path temporary;

    @BeforeAll
    static void start() {
        postgres = LocalPostgres.temporary(Map.of("wal_level", "logical"));
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gruelbox", "db-scheduler", "namastack", "modulith", "debezium", "debezium-batch"})
    void a_peer_gives_each_message_to_its_handler_once(String peer) throws IOException, SQLException {
        var url = create("peer_" + peer.replace('-', '_'));
        var process = start(peer, url);
        try (var out = process.inputReader();
                var in = process.outputWriter()) {
            var greeting = out.readLine();
            assertThat(greeting).startsWith("setting ");
            while (greeting != null && greeting.startsWith("setting ")) {
                greeting = out.readLine();
            }
            assertThat(greeting).matches("ready \\d+\\.\\d.*");
            for (var command : new String[] {"publish 100 20", "deliver", "send 200", "steady 100 50", "repeats"}) {
                in.write(command + "\n");
                in.flush();
                assertThat(answer(out)).as(command).startsWith("done");
            }
        } finally {
            process.destroyForcibly().onExit().join();
        }
        var tables = new Tables(url);
        assertThat(tables.number("select count(*) from sales.orders")).isEqualTo(250);
        assertThat(tables.number("select count(distinct order_id) from effects.handled"))
                .isEqualTo(250);
    }

    private static String answer(BufferedReader out) throws IOException {
        var line = out.readLine();
        return line == null ? "nothing" : line;
    }

    private Process start(String peer, String url) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        System.getProperty("java.class.path"),
                        PeerMain.class.getName(),
                        peer,
                        url,
                        PRODUCERS)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String create(String database) throws SQLException {
        var server = "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/";
        var user = "?user=postgres&password=postgres";
        try (var connection = DriverManager.getConnection(server + "postgres" + user);
                var statement = connection.createStatement()) {
            statement.execute("create database " + database);
        }
        return server + database + user;
    }
}
