package postbus.gateway.access;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.text.ParseException;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of the issuer as last read. They are read again every now and then, and when a token names one that is not
 * among them, which happens when the issuer took a new one; but then no more often than every {@value #PAUSE_SECONDS} s,
 * whatever tokens name. While they cannot be read, those that are known stay. Event loop.
 */
final class SigningKeys {
    private static final Logger LOG = LoggerFactory.getLogger(SigningKeys.class);

    static final int PAUSE_SECONDS = 10;

    private static final long PAUSE_NANOS = Duration.ofSeconds(PAUSE_SECONDS).toNanos();

    private final KeySource source;
    private final Function<JWKSet, Tokens> make;
    private final LongSupplier nanos;
    private @Nullable Buffer text;
    private @Nullable Tokens tokens;
    private @Nullable Future<Void> reading;
    private long readAt;
    private boolean isAway;

    /** @param nanos a clock that only goes forward */
    SigningKeys(KeySource source, Function<JWKSet, Tokens> make, LongSupplier nanos) {
        this.source = source;
        this.make = make;
        this.nanos = nanos;
        this.readAt = nanos.getAsLong() - PAUSE_NANOS;
    }

    /** Reads them now and from now on. Completes when they were read, and fails when that is not possible yet. */
    Future<Void> start(Vertx vertx) {
        vertx.setPeriodic(source.lookEvery().toMillis(), tick -> read());
        vertx.setPeriodic(Duration.ofSeconds(PAUSE_SECONDS).toMillis(), tick -> {
            if (isAway) {
                read();
            }
        });
        return read();
    }

    /** Whom a token is of that was accepted before, with the keys that are known now; null for any other. */
    @Nullable
    Caller known(String token) {
        return tokens == null ? null : tokens.known(token);
    }

    /** What reads a token: with the keys that are known, or those that are now read. Fails where none are known. */
    Future<Tokens> tokensFor(SignedJWT token) {
        var known = tokens;
        if (known != null && (known.knowsKeyOf(token) || !mayReadAgain())) {
            return Future.succeededFuture(known);
        }
        var read = known == null && !mayReadAgain() ? Future.<Void>succeededFuture() : read();
        return read.otherwiseEmpty().compose(done -> {
            var now = tokens;
            return now == null ? Future.failedFuture(Denial.noKeys()) : Future.succeededFuture(now);
        });
    }

    private boolean mayReadAgain() {
        return reading != null || nanos.getAsLong() - readAt >= PAUSE_NANOS;
    }

    /** Once at a time: who comes meanwhile waits for the same answer. */
    private Future<Void> read() {
        if (reading != null) {
            return reading;
        }
        readAt = nanos.getAsLong();
        var now = source.read().map(this::take).<Void>mapEmpty().onComplete(done -> reading = null);
        now.onSuccess(done -> isAway = false).onFailure(failure -> {
            isAway = true;
            LOG.warn("keys.unread known={} tried again in {} s: {}", tokens != null, PAUSE_SECONDS, failure.toString());
        });
        if (!now.isComplete()) {
            reading = now;
        }
        return now;
    }

    private Tokens take(Buffer read) {
        var known = tokens;
        if (known != null && read.equals(text)) {
            return known;
        }
        try {
            var keys = JWKSet.parse(read.toString()).toPublicJWKSet();

            if (keys.isEmpty()) {
                throw new IllegalArgumentException("there is no public key");
            }
            var taken = make.apply(keys);
            text = read;
            tokens = taken;
            LOG.info("keys.read count={}", keys.size());
            return taken;
        } catch (ParseException e) {
            throw new IllegalArgumentException("no JSON Web Key Set: " + e.getMessage(), e);
        }
    }
}
