package postbus.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import java.lang.invoke.MethodHandles;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Event loop: has the event bus use renewed certificates without a restart. Files are looked at every {@value
 * #LOOK_SECONDS} s, and not watched: a mounted secret is replaced by moving a link, which not every file system tells. New
 * connections prove themselves with what was found; those that are there stay as they are. What cannot be used is not, and
 * the log says why.
 */
final class BusRenewal {
    private static final int LOOK_SECONDS = 10;

    private static final Logger LOG = LoggerFactory.getLogger(BusRenewal.class);

    /** Whoever renews had all of its time by then. */
    private static final Duration EXPIRES_SOON = Duration.ofDays(2);
    /** How often that is said. */
    private static final Duration SAID_EVERY = Duration.ofHours(1);

    private final Vertx vertx;
    private final BusTls files;
    private final Ends ends;
    private BusIdentity current;
    private String problem = "";
    private boolean isProblemSaid;
    private Instant expirySaidAt = Instant.EPOCH;

    /** @param current what the event bus started with */
    BusRenewal(Vertx vertx, BusTls files, BusIdentity current) {
        this.vertx = vertx;
        this.files = files;
        this.ends = Ends.of(vertx);
        this.current = current;
    }

    /** Looks from now on, until Vert.x is closed. */
    void start() {
        vertx.setPeriodic(Duration.ofSeconds(LOOK_SECONDS).toMillis(), tick -> look());
    }

    private record Found(BusIdentity identity, Instant expires) {}

    /** Whether what is used changed. Never fails. */
    Future<Boolean> look() {
        return vertx.executeBlocking(this::read)
                .map(Objects::requireNonNull)
                .compose(this::use)
                .otherwise(this::goOn);
    }

    private Found read() throws UnusableCertificate {
        var identity = files.read().checked();
        return new Found(identity, identity.expires());
    }

    private synchronized Future<Boolean> use(Found found) {
        problem = "";
        if (found.identity().equals(current)) {
            sayWhenItExpires(found.expires());
            return Future.succeededFuture(false);
        }
        return ends.use(found.identity()).map(used -> {
            synchronized (this) {
                current = found.identity();
            }
            LOG.info("bus.certificate-renewed expires={}", found.expires());
            return true;
        });
    }

    /** Said at the second look: of files that are being replaced one may be new and another not yet. */
    private synchronized boolean goOn(Throwable failure) {
        var found = Objects.requireNonNullElse(failure.getMessage(), failure.toString());
        if (!found.equals(problem)) {
            problem = found;
            isProblemSaid = false;
        } else if (!isProblemSaid) {
            isProblemSaid = true;
            LOG.warn(
                    "bus.certificate-unusable, going on with the one before, looking again every {} s: {}",
                    LOOK_SECONDS,
                    found);
        }
        return false;
    }

    private void sayWhenItExpires(Instant expires) {
        var now = Instant.now();
        if (expires.minus(EXPIRES_SOON).isBefore(now)
                && expirySaidAt.plus(SAID_EVERY).isBefore(now)) {
            expirySaidAt = now;
            LOG.warn("bus.certificate-expires at={}, and nobody has renewed it", expires);
        }
    }

    /** The two ends that an event bus made for itself. Vert.x has no door to them, and no other way to renew what they use. */
    private record Ends(NetServer server, NetClient client) {
        static Ends of(Vertx vertx) {
            var bus = vertx.eventBus();
            try {
                var fields = MethodHandles.privateLookupIn(bus.getClass(), MethodHandles.lookup());
                return new Ends(
                        (NetServer) fields.unreflectGetter(bus.getClass().getDeclaredField("server"))
                                .invoke(bus),
                        (NetClient) fields.unreflectGetter(bus.getClass().getDeclaredField("client"))
                                .invoke(bus));
            } catch (Throwable e) {
                throw new IllegalStateException("the event bus of this Vert.x is not made as that of 5.0.10", e);
            }
        }

        Future<?> use(BusIdentity identity) {
            return Future.all(
                    server.updateSSLOptions(identity.ofServer()), client.updateSSLOptions(identity.ofClient()));
        }
    }
}
