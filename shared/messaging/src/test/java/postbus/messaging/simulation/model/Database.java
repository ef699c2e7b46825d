package postbus.messaging.simulation.model;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A model of what the protocol takes from a Postgres database: transaction ids that are given at the first write,
 * snapshots, and READ COMMITTED, where each statement has a snapshot of its own. {@code ModelTest} compares it with
 * Postgres.
 */
public final class Database {
    private static final long FIRST_XID = 3;

    private final Steps steps;
    private final Consumer<Tx> onCommit;
    private final TreeMap<Long, Tx> running = new TreeMap<>();
    private final List<Tx> open = new ArrayList<>();
    private final List<Snapshot> inUse = new ArrayList<>();
    private long nextXid = FIRST_XID;
    private long lastEnded = FIRST_XID - 1;

    /** @param onCommit told of each transaction at the moment it commits */
    public Database(Steps steps, Consumer<Tx> onCommit) {
        this.steps = steps;
        this.onCommit = onCommit;
    }

    public Tx begin() {
        var tx = new Tx(this, steps.current());
        open.add(tx);
        return tx;
    }

    /** Transactions neither committed nor rolled back, the oldest first. */
    public List<Tx> open() {
        return open;
    }

    /** What a statement that begins now sees. */
    public Snapshot snapshot() {
        long xmax = lastEnded + 1;
        return new Snapshot(
                xmax,
                running.headMap(xmax).keySet().stream()
                        .mapToLong(Long::longValue)
                        .toArray());
    }

    long nextXid(Tx tx) {
        tx.requireRunning();
        running.put(nextXid, tx);
        return nextXid++;
    }

    void ended(Tx tx) {
        open.remove(tx);
        if (tx.hasXid()) {
            running.remove(tx.xid());
            lastEnded = Math.max(lastEnded, tx.xid());
        }
        if (tx.isCommitted()) {
            onCommit.accept(tx);
        }
    }

    /** Whether a statement of a transaction sees what another wrote. */
    static boolean isVisible(Tx writer, Tx reader, Snapshot snapshot) {
        return writer == reader || (writer.isCommitted() && snapshot.sees(writer.xid()));
    }

    /** Waits, with a snapshot that stays as it is, until a transaction is over. */
    void awaitEnd(Tx other, String what, Snapshot snapshot) {
        inUse.add(snapshot);
        try {
            steps.await("have the lock on " + what, () -> !other.isRunning());
        } finally {
            inUse.remove(snapshot);
        }
    }

    /** Whether nobody can see any more what this transaction replaced. */
    boolean isForgotten(Tx replacer) {
        for (var snapshot : inUse) {
            if (!snapshot.sees(replacer.xid())) {
                return false;
            }
        }
        return replacer.isCommitted();
    }
}
