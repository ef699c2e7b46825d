package postbus.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * A primary and a replica that streams from it, for tests. A commit is answered when the replica has it, so that nothing
 * answered is lost when the primary is.
 */
public final class ReplicatedPostgres implements AutoCloseable {
    /** What a replica that is started a moment later than its primary still finds there. */
    private static final Map<String, String> SETTINGS = Map.of("wal_keep_size", "256MB");

    private static final int POLLS_MAX = 3_000;
    private static final long POLL_NANOS = 10_000_000;

    private final Path replicaData;
    private final LocalPostgres primary;
    private LocalPostgres replica;

    private ReplicatedPostgres(LocalPostgres primary, Path replicaData, LocalPostgres replica) {
        this.primary = primary;
        this.replicaData = replicaData;
        this.replica = replica;
    }

    /**
     * Starts both.
     *
     * @param folder for their data; must be empty
     */
    public static ReplicatedPostgres start(Path folder) {
        var primaryData = folder.resolve("primary");
        var replicaData = folder.resolve("replica");
        int port = freePort();
        LocalPostgres.kept(primaryData, port, SETTINGS).close();
        try {
            copy(primaryData, replicaData);
            Files.createFile(replicaData.resolve("standby.signal"));
            Files.writeString(
                    replicaData.resolve("postgresql.auto.conf"),
                    "primary_conninfo = 'host=127.0.0.1 port=" + port + " user=postgres'\n",
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("the primary cannot be copied", e);
        }
        var primary = LocalPostgres.kept(primaryData, port, SETTINGS);
        var replica = LocalPostgres.kept(replicaData, 0, SETTINGS);
        var started = new ReplicatedPostgres(primary, replicaData, replica);
        await(primary, "select count(*) = 1 from pg_stat_replication where state = 'streaming'");
        execute(primary, "alter system set synchronous_standby_names = '*'");
        execute(primary, "select pg_reload_conf()");
        await(primary, "select count(*) = 1 from pg_stat_replication where sync_state = 'sync'");
        return started;
    }

    public LocalPostgres primary() {
        return primary;
    }

    /** Read only until {@link #failOver}. */
    public LocalPostgres replica() {
        return replica;
    }

    /** Ends the replica: from then on no commit is answered. */
    public void stopReplica() {
        replica.close();
    }

    /** Starts the replica again: commits that wait for it are answered as soon as it has them. */
    public void startReplica() {
        replica = LocalPostgres.kept(replicaData, replica.port(), SETTINGS);
    }

    /** Ends the primary as a crash would, and makes the replica one. Returns it when it can be written. */
    public LocalPostgres failOver() {
        primary.crash();
        execute(replica, "select pg_promote(true, 60)");
        await(replica, "select not pg_is_in_recovery()");
        return replica;
    }

    private static void copy(Path from, Path to) throws IOException {
        List<Path> files;
        try (var all = Files.walk(from)) {
            files = all.toList();
        }
        for (var file : files) {
            var copy = to.resolve(from.relativize(file));
            Files.copy(file, copy, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(LocalPostgres server, String condition) {
        for (int polls = 0; polls < POLLS_MAX; polls++) {
            if (execute(server, condition)) {
                return;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        throw new IllegalStateException("still not: " + condition);
    }

    /** Returns whether the first column of the first row is true. */
    private static boolean execute(LocalPostgres server, String statement) {
        var url = "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres";
        try (var connection = DriverManager.getConnection(url, "postgres", "postgres");
                var running = connection.createStatement()) {
            if (!running.execute(statement)) {
                return true;
            }
            var rows = running.getResultSet();
            return rows.next() && rows.getBoolean(1);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot " + statement, e);
        }
    }

    @Override
    public void close() {
        replica.close();
        primary.close();
    }
}
