package postbus.messaging.simulation.model;

import java.util.Arrays;

/** Which transactions somebody sees, as Postgres' {@code pg_snapshot}: those below xmax that are not in the list. */
public final class Snapshot {
    /** What the ledger's head has in the beginning: nothing is seen. */
    public static final Snapshot OF_NOTHING = new Snapshot(1, new long[0]);

    private final long xmax;
    private final long[] running;

    /**
     * @param xmax first transaction that had not begun, more exactly: one more than the last that had ended
     * @param running transactions below xmax that had not ended, ascending
     */
    Snapshot(long xmax, long[] running) {
        this.xmax = xmax;
        this.running = running;
    }

    public long xmax() {
        return xmax;
    }

    /** Had ended, if it ever began; whether it was committed is another question. */
    public boolean sees(long xid) {
        return xid < xmax && !wasRunning(xid);
    }

    public boolean wasRunning(long xid) {
        return Arrays.binarySearch(running, xid) >= 0;
    }

    /** Sees all below the oldest transaction that was running, and nothing else. */
    Snapshot untilTheOldestRunning() {
        return running.length == 0 ? this : new Snapshot(running[0], new long[0]);
    }

    @Override
    public String toString() {
        return xmax + ":" + Arrays.toString(running);
    }
}
