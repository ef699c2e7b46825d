package postbus.messaging.service;

import io.vertx.sqlclient.Pool;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import postbus.messaging.Observer;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.Shards;
import postbus.messaging.subscription.Parking;
import postbus.messaging.transaction.Ids;

/**
 * What a service runs on. The pool belongs to whoever made it, and must come from the Vert.x the service is deployed
 * on, with its schema as {@code search_path}.
 *
 * @param service its name: the source of its messages and its schema; a shard's name where it is one
 * @param messageBytesMax largest message body it may send, in bytes
 * @param announceEvery how often its subscription tells relays where it is
 * @param parking what becomes of messages that its subscription cannot apply
 * @param replyRetention how long it knows a request again by its idempotency key
 * @param observer is told what becomes of its messages, and of those that come
 * @param shards which services are split; the same for all who send to each other
 */
public record ServiceContext(
        String service,
        Pool pool,
        Clock clock,
        int messageBytesMax,
        Duration announceEvery,
        Parking parking,
        Duration replyRetention,
        Observer observer,
        Shards shards) {
    /** 1 MiB. */
    public static final int MESSAGE_BYTES_MAX = 1 << 20;

    /** 3 s. */
    public static final Duration ANNOUNCE_EVERY = Duration.ofSeconds(3);

    /** Of 64 shards, one that is looked for so often is missed once in 10^13 times. */
    private static final int NEW_ID_TRIES_MAX = 2_000;

    /** A week. */
    public static final Duration REPLY_RETENTION = Duration.ofDays(7);

    /** Where nothing is split. */
    public ServiceContext(
            String service,
            Pool pool,
            Clock clock,
            int messageBytesMax,
            Duration announceEvery,
            Parking parking,
            Duration replyRetention,
            Observer observer) {
        this(service, pool, clock, messageBytesMax, announceEvery, parking, replyRetention, observer, Shards.NONE);
    }

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

    /** The name that its types begin with: of a shard, that of its service. */
    public String contract() {
        return Shards.serviceOf(service);
    }

    /** Whether a key belongs here; always where the service is not split. */
    public boolean owns(String key) {
        return shards.owns(service, key);
    }

    /**
     * An id for something new of this service, of version 7; as a key it belongs here. Refused as unavailable where what is
     * new does not belong here: before the shard's time has come, or after that of a service that is split now.
     */
    public UUID newId() {
        for (int tries = 0; tries < NEW_ID_TRIES_MAX; tries++) {
            var id = Ids.next();
            if (owns(id.toString())) {
                return id;
            }
        }
        throw new Refusal(Problem.UNAVAILABLE, service + " takes nothing new now");
    }

    public ServiceContext(String service, Pool pool) {
        this(service, pool, Clock.systemUTC(), MESSAGE_BYTES_MAX, ANNOUNCE_EVERY, Parking.DEFAULT, REPLY_RETENTION);
    }
}
