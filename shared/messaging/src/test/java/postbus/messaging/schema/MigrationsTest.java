package postbus.messaging.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.pgclient.PgConnectOptions;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import postbus.messaging.Source;
import postbus.postgres.ScratchDatabase;

class MigrationsTest {
    @Test
    void many_nodes_may_migrate_at_once_and_again() throws Exception {
        var options = PgConnectOptions.fromUri(ScratchDatabase.create());
        try (var threads = Executors.newFixedThreadPool(4)) {
            var nodes = new ArrayList<Future<?>>();
            for (int node = 0; node < 4; node++) {
                nodes.add(threads.submit(() -> Source.migrate(options, "contended")));
            }
            for (var node : nodes) {
                node.get();
            }
        }
        Source.migrate(options, "contended");

        var url = "jdbc:postgresql://127.0.0.1:" + options.getPort() + "/" + options.getDatabase();
        try (var connection = DriverManager.getConnection(url, options.getUser(), options.getPassword());
                var statement = connection.createStatement();
                var row = statement.executeQuery("select count(*) from contended.ledger_head")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getInt(1)).isEqualTo(1);
        }
    }
}
