package postbus.messaging.inspection;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How everything in a database is at one moment.
 *
 * @param sources by name: schemas with the tables of messages, of which something was published or somebody subscribes
 * @param subscriptions by name and source
 */
public record Status(Instant at, List<Source> sources, List<Subscription> subscriptions) {
    /** Numbers of messages are counted up to this in each lane. */
    public static final int COUNT_MAX = 10_000;

    /**
     * @param position the last one given
     * @param uncut committed messages that have no position yet, counted up to {@value #COUNT_MAX}
     * @param oldestUncut when the first of them was sent
     * @param scheduled commands that wait for their time
     * @param overdue for how long the first of them has been due; zero when it is not
     * @param active the session of the relay that leads; null when none does
     * @param standbys sessions of relays that would take over
     */
    public record Source(
            String source,
            long position,
            long uncut,
            @Nullable Instant oldestUncut,
            long scheduled,
            Duration overdue,
            @Nullable Session active,
            int standbys) {}

    /** A session of Postgres; of one of another role the number is all that those without {@code pg_monitor} see. */
    public record Session(
            int pid, @Nullable String address, @Nullable Instant since) {}

    /** What a subscription is doing. */
    public enum State {
        /** All is applied, or on its way. */
        LIVE,
        /** Something has been waiting for {@link Limits#lag}. */
        BEHIND,
        /** A person paused it. */
        PAUSED,
        /** Its relay has not heard of it for {@link Limits#silence}. */
        SILENT,
        /** Its source knows nothing of it, and keeps nothing for it. */
        FORGOTTEN
    }

    /**
     * @param lag messages after its cursors, wanted or not
     * @param isLagMore whether there are more than was counted
     * @param oldestWaiting when the first of them was sent; null when none wait
     * @param heardAt when a relay last heard of it, to the minute; null when it is not registered
     * @param parked messages that are tried again by themselves, or wait behind one that is
     * @param dead messages that wait for a person
     * @param lanes in order; of a source in another database all heads are -1
     */
    public record Subscription(
            String subscription,
            String source,
            State state,
            long lag,
            boolean isLagMore,
            @Nullable Instant oldestWaiting,
            @Nullable Instant heardAt,
            long parked,
            long dead,
            List<Lane> lanes) {}

    /**
     * @param cursor the last position applied or parked
     * @param head the last position given
     * @param pruned up to where messages are deleted
     */
    public record Lane(int lane, long cursor, long head, long pruned) {}
}
