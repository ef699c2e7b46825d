package postbus.messaging.simulation.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A table with a primary key and row locks. Rows are values; a change makes a new version that follows the old one. */
public final class Table<K extends Comparable<K>, R> {
    private static final int VERSIONS_WORTH_A_VACUUM = 4;

    private final Database database;
    private final String name;
    private final Map<K, List<Version<R>>> rows = new TreeMap<>();

    private static final class Version<R> {
        private final R row;
        private final Tx writer;
        /** Who locked it last; when it is running others wait. */
        private @Nullable Tx holder;

        private @Nullable Version<R> successor;
        private boolean isDeleted;

        Version(R row, Tx writer) {
            this.row = row;
            this.writer = writer;
        }

        boolean isReplaced() {
            return isDeleted || successor != null;
        }

        boolean isVisible(Tx reader, Snapshot snapshot) {
            return Database.isVisible(writer, reader, snapshot)
                    && !(isReplaced() && holder != null && Database.isVisible(holder, reader, snapshot));
        }
    }

    public Table(Database database, String name) {
        this.database = database;
        this.name = name;
    }

    /** The row that a snapshot shows, or null. */
    public @Nullable R find(Tx tx, Snapshot snapshot, K key) {
        var version = visible(tx, snapshot, key);
        return version == null ? null : version.row;
    }

    /** All rows that a snapshot shows, by key. */
    public List<R> select(Tx tx, Snapshot snapshot) {
        var found = new ArrayList<R>();
        for (var versions : rows.values()) {
            for (var version : versions) {
                if (version.isVisible(tx, snapshot)) {
                    found.add(version.row);
                }
            }
        }
        return found;
    }

    /** {@code insert … on conflict do nothing}: whether it was inserted. Waits for another who is inserting it. */
    public boolean insert(Tx tx, K key, R row) {
        var versions = rows.computeIfAbsent(key, absent -> new ArrayList<>());
        while (true) {
            var blocker = versions.stream()
                    .filter(version -> !version.writer.isAborted() && !isGone(version, tx))
                    .findFirst()
                    .orElse(null);
            if (blocker == null) {
                tx.xid();
                versions.add(new Version<>(row, tx));
                return true;
            }
            var other = !blocker.writer.isCommitted() ? blocker.writer : blocker.isDeleted ? blocker.holder : null;
            if (other == null || other == tx || !other.isRunning()) {
                return false;
            }
            database.awaitEnd(other, name + " " + key, database.snapshot());
        }
    }

    private static boolean isGone(Version<?> version, Tx tx) {
        var holder = version.holder;
        return version.isReplaced() && holder != null && (holder == tx || holder.isCommitted());
    }

    /** {@code select … for update}: the row, locked, as it is once the lock is there; null when there is none. */
    public @Nullable R lock(Tx tx, Snapshot snapshot, K key, Predicate<R> where) {
        var version = hold(tx, snapshot, key, where, false);
        return version == null ? null : version.row;
    }

    /** {@code select … for update skip locked}: null also when another has it. */
    public @Nullable R lockUnlessLocked(Tx tx, Snapshot snapshot, K key, Predicate<R> where) {
        var version = hold(tx, snapshot, key, where, true);
        return version == null ? null : version.row;
    }

    /** Changes a row where that holds, also after waiting for its lock; returns the row it replaced, or null. */
    public @Nullable R update(Tx tx, Snapshot snapshot, K key, Predicate<R> where, UnaryOperator<R> change) {
        var version = hold(tx, snapshot, key, where, false);
        if (version == null) {
            return null;
        }
        var successor = new Version<>(change.apply(version.row), tx);
        version.successor = successor;
        var versions = rows.getOrDefault(key, List.of());
        versions.add(successor);
        if (versions.size() > VERSIONS_WORTH_A_VACUUM) {
            versions.removeIf(Table.this::isDead);
        }
        return version.row;
    }

    /** Deletes a row; whether it was there. */
    public boolean delete(Tx tx, Snapshot snapshot, K key) {
        var version = hold(tx, snapshot, key, row -> true, false);
        if (version == null) {
            return false;
        }
        version.isDeleted = true;
        return true;
    }

    private boolean isDead(Version<R> version) {
        return version.writer.isAborted()
                || (version.isReplaced() && version.holder != null && database.isForgotten(version.holder));
    }

    private @Nullable Version<R> visible(Tx tx, Snapshot snapshot, K key) {
        for (var version : rows.getOrDefault(key, List.of())) {
            if (version.isVisible(tx, snapshot)) {
                return version;
            }
        }
        return null;
    }

    /**
     * Finds a row by the snapshot and locks its newest version. Who had to wait looks at that version again, as READ
     * COMMITTED does, while everything else in the statement is seen by the old snapshot.
     */
    private @Nullable Version<R> hold(Tx tx, Snapshot snapshot, K key, Predicate<R> where, boolean isSkipping) {
        tx.requireRunning();
        var version = visible(tx, snapshot, key);
        while (version != null && where.test(version.row)) {
            var holder = version.holder;
            if (holder == null || holder == tx || holder.isAborted()) {
                break;
            }
            if (holder.isRunning()) {
                if (isSkipping) {
                    return null;
                }
                database.awaitEnd(holder, name + " " + key, snapshot);
            } else if (version.isDeleted) {
                return null;
            } else if (version.successor != null) {
                version = version.successor;
            } else {
                break; // it was only locked
            }
        }
        if (version == null || !where.test(version.row)) {
            return null;
        }
        if (version.holder != tx) {
            version.holder = tx;
            version.successor = null;
            version.isDeleted = false;
        }
        tx.xid();
        return version;
    }
}
