package postbus.messaging.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.pgclient.PgConnectOptions;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.ChildJvm;
import postbus.messaging.Source;
import postbus.postgres.ScratchDatabase;

@Timeout(240)
class MigrationsTest {
    /** Whoever inserts the history's second row stops before its transaction is over, until the test lets go of a lock. */
    private static final String STOP_IN_V2 = """
            create function public.stop() returns trigger language plpgsql as $$
            begin
                perform pg_advisory_xact_lock(4711);
                return null;
            end $$;
            create function public.watch() returns event_trigger language plpgsql as $$
            begin
                if exists (select from pg_event_trigger_ddl_commands()
                            where object_identity = 'contended.messaging_history') then
                    create constraint trigger stop after insert on contended.messaging_history
                        DEFERRABLE_OR_NOT for each row when (new.version = '2') execute function public.stop();
                end if;
            end $$;
            create event trigger watch on ddl_command_end when tag in ('CREATE TABLE') execute function public.watch()
            """;

    private static final String STOPPED = """
            select count(*)::text from pg_locks where locktype = 'advisory' and objid = 4711 and not granted
            """;

    private static final String HISTORY = """
            select version from contended.messaging_history where version <> '0' and success order by installed_rank
            """;

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

        try (var connection = connect(options)) {
            assertThat(list(connection, "select count(*)::text from contended.ledger_head"))
                    .containsExactly("1");
        }
    }

    @Test
    void databases_of_one_server_may_migrate_at_once_and_have_their_roles_in_common() throws Exception {
        try (var threads = Executors.newFixedThreadPool(4)) {
            var databases = new ArrayList<Future<?>>();
            for (int database = 0; database < 4; database++) {
                var options = PgConnectOptions.fromUri(ScratchDatabase.create());
                databases.add(threads.submit(() -> Source.migrate(options, "shared-role")));
            }
            for (var database : databases) {
                database.get();
            }
        }
        try (var connection = connect(PgConnectOptions.fromUri(ScratchDatabase.create()))) {
            assertThat(list(connection, "select rolname from pg_roles where rolname like 'postbus_shared%'"))
                    .containsExactly("postbus_shared-role");
        }
    }

    @Test
    void tables_that_came_after_the_roles_have_their_rights_after_the_next_migration() throws Exception {
        var options = PgConnectOptions.fromUri(ScratchDatabase.create());
        Source.migrate(options, "later");
        try (var connection = connect(options);
                var statement = connection.createStatement()) {
            statement.execute("create table later.thing (n int)");
            var rights = """
                    select has_table_privilege(role, 'later.thing', 'update')::text
                      from unnest(array['postbus_later', 'postbus_relay']) as role
                    """;
            assertThat(list(connection, rights)).containsExactly("false", "false");
            Source.migrate(options, "later");
            assertThat(list(connection, rights)).containsExactly("true", "false");
        }
    }

    @Test
    void of_each_table_of_messages_it_is_said_who_may_do_what_with_it() throws Exception {
        var options = PgConnectOptions.fromUri(ScratchDatabase.create());
        Source.migrate(options, "listed");
        try (var connection = connect(options);
                var privileges = Privileges.class.getResourceAsStream("/postbus/messaging/privileges.sql")) {
            var text = new String(privileges.readAllBytes(), StandardCharsets.UTF_8);
            var tables = "select relname from pg_class where relnamespace = 'listed'::regnamespace and relkind = 'r'";
            assertThat(list(connection, tables))
                    .contains("outbox", "ledger")
                    .allSatisfy(table -> assertThat(text).contains("('" + table + "',"));
        }
    }

    @Test
    void an_owner_who_may_make_no_roles_migrates_without_them() throws Exception {
        var url = ScratchDatabase.create();
        var options = PgConnectOptions.fromUri(url);
        try (var connection = connect(options);
                var statement = connection.createStatement()) {
            statement.execute("create role plain_owner login password 'secret'");
            statement.execute("grant create on database " + options.getDatabase() + " to plain_owner");
        }
        Source.migrate(PgConnectOptions.fromUri(url).setUser("plain_owner").setPassword("secret"), "roleless");
        try (var connection = connect(options)) {
            assertThat(list(connection, "select rolname from pg_roles where rolname = 'postbus_roleless'"))
                    .isEmpty();
            assertThat(list(connection, "select count(*)::text from roleless.ledger_head"))
                    .containsExactly("1");
        }
    }

    @Test
    void a_node_killed_in_the_middle_leaves_the_migration_to_another() throws Exception {
        completedByAnother("not deferrable");
    }

    @Test
    void a_node_killed_while_it_commits_a_migration_does_not_make_another_fail() throws Exception {
        completedByAnother("deferrable initially deferred");
    }

    private static void completedByAnother(String when) throws Exception {
        var url = ScratchDatabase.create();
        var options = PgConnectOptions.fromUri(url);
        try (var connection = connect(options);
                var threads = Executors.newSingleThreadExecutor();
                var doomed = ChildJvm.start(MigrationProcess.class, stopping(connection, url, when), "contended")) {
            await(connection, STOPPED, List.of("1"));
            var other = threads.submit(() -> Source.migrate(options, "contended"));
            doomed.kill();
            assertThat(list(connection, HISTORY)).containsExactly("1");
            list(connection, "select pg_advisory_unlock(4711)::text"); // only now Postgres sees that nobody is there
            other.get();
            assertThat(list(connection, HISTORY)).startsWith("1", "2").doesNotHaveDuplicates();
        }
    }

    private static String stopping(Connection connection, String url, String when) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(STOP_IN_V2.replace("DEFERRABLE_OR_NOT", when));
        }
        list(connection, "select pg_advisory_lock(4711)::text");
        return url;
    }

    private static void await(Connection connection, String query, List<String> expected) throws SQLException {
        while (!list(connection, query).equals(expected)) { // bounded by the timeout of each test
            LockSupport.parkNanos(20_000_000);
        }
    }

    private static Connection connect(PgConnectOptions options) throws SQLException {
        var url = "jdbc:postgresql://127.0.0.1:" + options.getPort() + "/" + options.getDatabase();
        return DriverManager.getConnection(url, options.getUser(), options.getPassword());
    }

    private static List<String> list(Connection connection, String query) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            var all = new ArrayList<String>();
            while (rows.next()) {
                all.add(rows.getString(1));
            }
            return all;
        }
    }
}
