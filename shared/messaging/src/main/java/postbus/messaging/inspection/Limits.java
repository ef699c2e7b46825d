package postbus.messaging.inspection;

import java.time.Duration;

/**
 * From where on something is worth telling.
 *
 * @param lag how long a message may wait for a subscription
 * @param silence how long a relay may not hear of a subscription; what is known of it is a minute old
 * @param uncut how long a committed message may have no position
 * @param overdue how long a scheduled command may be late
 * @param transaction how long a transaction may be open
 * @param lockWait how long a statement of ours may wait for a lock
 * @param parked how long a message may be tried again and again
 * @param parkedMax what the setting PARKED_MAX of the services is
 * @param parkedShare of parkedMax, from which on there is little room
 * @param connectionsShare of max_connections
 * @param databaseBytes size of the database
 * @param deadRows that vacuum has not removed, of one table
 */
public record Limits(
        Duration lag,
        Duration silence,
        Duration uncut,
        Duration overdue,
        Duration transaction,
        Duration lockWait,
        Duration parked,
        int parkedMax,
        double parkedShare,
        double connectionsShare,
        long databaseBytes,
        long deadRows) {
    public static final Limits DEFAULT = new Limits(
            Duration.ofSeconds(10),
            Duration.ofMinutes(3),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofMinutes(1),
            Duration.ofSeconds(1),
            Duration.ofMinutes(10),
            10_000,
            0.8,
            0.8,
            20L << 30,
            50_000);

    /** The same with what services are set to. */
    public Limits withParkedMax(int parkedMax) {
        return new Limits(
                lag,
                silence,
                uncut,
                overdue,
                transaction,
                lockWait,
                parked,
                parkedMax,
                parkedShare,
                connectionsShare,
                databaseBytes,
                deadRows);
    }

    /** The same with another size of the database that is worth telling. */
    public Limits withDatabaseBytes(long databaseBytes) {
        return new Limits(
                lag,
                silence,
                uncut,
                overdue,
                transaction,
                lockWait,
                parked,
                parkedMax,
                parkedShare,
                connectionsShare,
                databaseBytes,
                deadRows);
    }
}
