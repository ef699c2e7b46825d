package postbus.messaging.service;

import io.vertx.sqlclient.Pool;
import java.time.Clock;
import java.time.Duration;
import postbus.messaging.Observer;
import postbus.messaging.subscription.Parking;

/**
 * What a service runs on. The pool belongs to whoever made it, and must come from the Vert.x the service is deployed
 * on, with its schema as {@code search_path}.
 *
 * @param service its name: the source of its messages and its schema
 * @param messageBytesMax largest message body it may send, in bytes
 * @param announceEvery how often its subscription tells relays where it is
 * @param parking what becomes of messages that its subscription cannot apply
 * @param replyRetention how long it knows a request again by its idempotency key
 * @param observer is told what becomes of its messages, and of those that come
 */
public record ServiceContext(
        String service,
        Pool pool,
        Clock clock,
        int messageBytesMax,
        Duration announceEvery,
        Parking parking,
        Duration replyRetention,
        Observer observer) {
    /** 1 MiB. */
    public static final int MESSAGE_BYTES_MAX = 1 << 20;

    /** 3 s. */
    public static final Duration ANNOUNCE_EVERY = Duration.ofSeconds(3);

    /** A week. */
    public static final Duration REPLY_RETENTION = Duration.ofDays(7);

    /** Observed by nobody. */
    public ServiceContext(
            String service,
            Pool pool,
            Clock clock,
            int messageBytesMax,
            Duration announceEvery,
            Parking parking,
            Duration replyRetention) {
        this(service, pool, clock, messageBytesMax, announceEvery, parking, replyRetention, Observer.NOBODY);
    }

    public ServiceContext(String service, Pool pool) {
        this(service, pool, Clock.systemUTC(), MESSAGE_BYTES_MAX, ANNOUNCE_EVERY, Parking.DEFAULT, REPLY_RETENTION);
    }
}
