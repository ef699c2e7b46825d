package postbus.messaging.simulation.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A transaction. What it did is kept as facts, which count from the moment it commits. */
public final class Tx {
    private enum State {
        RUNNING,
        COMMITTED,
        ABORTED
    }

    private final Database database;
    private final Steps.@Nullable Task client;
    private final List<Fact> facts = new ArrayList<>();
    private State state = State.RUNNING;
    private long xid;
    private boolean isAbandoned;

    /** @param client whose end leaves it an orphan; null when nobody's does */
    Tx(Database database, Steps.@Nullable Task client) {
        this.database = database;
        this.client = client;
    }

    /** Its id, which it has from its first write on. */
    public long xid() {
        if (xid == 0) {
            xid = database.nextXid(this);
        }
        return xid;
    }

    boolean hasXid() {
        return xid != 0;
    }

    public void note(Fact fact) {
        facts.add(fact);
    }

    public List<Fact> facts() {
        return facts;
    }

    public boolean isRunning() {
        return state == State.RUNNING;
    }

    /** The client lost its connection: nobody will end it but the server. */
    public void abandon() {
        isAbandoned = true;
    }

    /** Whether nobody will end it but the server, once it notices that the client is gone. */
    public boolean isOrphan() {
        return isAbandoned || (client != null && client.isDone());
    }

    boolean isCommitted() {
        return state == State.COMMITTED;
    }

    boolean isAborted() {
        return state == State.ABORTED;
    }

    /** Durable, visible to snapshots taken from now on, and its locks are free: all at once. */
    public void commit() {
        requireRunning();
        state = State.COMMITTED;
        database.ended(this);
    }

    /** Undone. Nothing when it is over already. */
    public void rollback() {
        if (isRunning()) {
            state = State.ABORTED;
            database.ended(this);
        }
    }

    void requireRunning() {
        if (!isRunning()) {
            throw new IllegalStateException("the transaction is over");
        }
    }
}
