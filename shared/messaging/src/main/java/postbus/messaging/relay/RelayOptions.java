package postbus.messaging.relay;

import java.time.Duration;
import postbus.messaging.Observer;
import postbus.messaging.retention.Retention;

/**
 * How a relay works.
 *
 * @param tick how often it looks for messages nobody woke it for, and tells that it is alive; also how long a
 *     standby waits between tries to become active
 * @param helloEvery how often it tells subscribers that it is there
 * @param batchCountMax most ledger entries in a batch, 1 to 10,000; a lane begins with less, see {@link BatchSize}
 * @param batchBytesMax a batch ends when its bodies reach this, so it is exceeded by less than one message
 * @param cutMax most messages cut in one transaction
 * @param replyTimeout after which a batch is sent again, perhaps to another instance
 * @param backoffMin first wait after a batch failed; doubled each time
 * @param backoffMax longest such wait
 * @param subscriptionTtl how long after its last announcement a subscription is still pushed to
 * @param sessionTimeout after which Postgres ends the session, and with it the leadership, of a relay that hangs; at
 *     least twice the tick
 * @param catchUpReadsMax most lanes that are far behind and read at the same time, 1 to 1,000; fewer than there are
 *     readers, so that some are left for those up to date
 * @param retention what is kept
 * @param observer is told what the relay does
 */
public record RelayOptions(
        Duration tick,
        Duration helloEvery,
        int batchCountMax,
        int batchBytesMax,
        int cutMax,
        Duration replyTimeout,
        Duration backoffMin,
        Duration backoffMax,
        Duration subscriptionTtl,
        Duration sessionTimeout,
        int catchUpReadsMax,
        Retention.Options retention,
        Observer observer) {

    public static final RelayOptions DEFAULT = new RelayOptions(
            Duration.ofSeconds(1),
            Duration.ofSeconds(3),
            1_000,
            256 * 1024,
            50_000,
            Duration.ofSeconds(10),
            Duration.ofMillis(50),
            Duration.ofSeconds(10),
            Duration.ofSeconds(15),
            Duration.ofSeconds(15),
            2,
            Retention.Options.DEFAULT);

    /** Observed by nobody. */
    public RelayOptions(
            Duration tick,
            Duration helloEvery,
            int batchCountMax,
            int batchBytesMax,
            int cutMax,
            Duration replyTimeout,
            Duration backoffMin,
            Duration backoffMax,
            Duration subscriptionTtl,
            Duration sessionTimeout,
            int catchUpReadsMax,
            Retention.Options retention) {
        this(
                tick,
                helloEvery,
                batchCountMax,
                batchBytesMax,
                cutMax,
                replyTimeout,
                backoffMin,
                backoffMax,
                subscriptionTtl,
                sessionTimeout,
                catchUpReadsMax,
                retention,
                Observer.NOBODY);
    }

    public RelayOptions {
        require("batchCountMax", batchCountMax, 1, 10_000);
        require("batchBytesMax", batchBytesMax, 1, 64 << 20);
        require("cutMax", cutMax, 1, 1_000_000);
        require("catchUpReadsMax", catchUpReadsMax, 1, 1_000);
        if (!isTickFit(tick, sessionTimeout)) {
            throw new IllegalArgumentException(
                    "tick must be at most half of sessionTimeout, is " + tick + " of " + sessionTimeout);
        }
    }

    /** Whether a session that is used once a tick is safe from its time-out. */
    public static boolean isTickFit(Duration tick, Duration sessionTimeout) {
        return tick.compareTo(sessionTimeout.dividedBy(2)) <= 0;
    }

    /** The same, keeping this. */
    public RelayOptions withRetention(Retention.Options retention) {
        return with(retention, observer);
    }

    /** The same, observed. */
    public RelayOptions withObserver(Observer observer) {
        return with(retention, observer);
    }

    private RelayOptions with(Retention.Options retention, Observer observer) {
        return new RelayOptions(
                tick,
                helloEvery,
                batchCountMax,
                batchBytesMax,
                cutMax,
                replyTimeout,
                backoffMin,
                backoffMax,
                subscriptionTtl,
                sessionTimeout,
                catchUpReadsMax,
                retention,
                observer);
    }

    private static void require(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " must be " + min + " to " + max + ", is " + value);
        }
    }
}
