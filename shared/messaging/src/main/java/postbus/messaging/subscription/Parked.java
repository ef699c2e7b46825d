package postbus.messaging.subscription;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Envelope;

/**
 * A message behind the cursor that is not applied yet, and what is to become of it. Transitions are pure.
 *
 * @param isDead waits for a person; otherwise it is tried again by itself
 * @param holdsKey later messages of its source and key are parked behind it
 * @param attempts failed since it was parked, or since a person had it retried
 * @param nextAttemptAt not before, once it is the first of its key
 * @param error what the last attempt failed with
 * @param stack where
 * @param failingSince its first failure
 * @param failedAt its last
 */
record Parked(
        int lane,
        long position,
        Envelope message,
        boolean isDead,
        boolean holdsKey,
        Reason reason,
        int attempts,
        Instant nextAttemptAt,
        @Nullable String error,
        @Nullable String stack,
        Instant parkedAt,
        @Nullable Instant failingSince,
        @Nullable Instant failedAt) {

    /** Parked behind others of its key: due as soon as it is the first of them. */
    static Parked waiting(int lane, long position, Envelope message, Instant now) {
        return new Parked(lane, position, message, false, true, Reason.WAITING, 0, now, null, null, now, null, null);
    }

    /**
     * After one more attempt that failed.
     *
     * @param skipsDeadLetters whether the key goes on without it once it is dead
     */
    Parked failed(Failure failure, Parking parking, boolean skipsDeadLetters, Instant now, RandomGenerator random) {
        var since = failingSince == null ? now : failingSince;
        var isOverdue = !now.isBefore(since.plus(parking.postponedMax()));
        var failures = failure.reason() == Reason.POSTPONED ? attempts : attempts + 1;
        var isDeadNow = switch (failure.reason()) {
            case REJECTED -> true;
            case POSTPONED, UNKNOWN_TYPE, UNREADABLE -> isOverdue;
            case FAILED, TOOK_TOO_LONG, WAITING -> failures >= parking.attemptsMax();
        };
        var pause =
                failure.pause() != null ? failure.pause() : parking.backoff().after(Math.max(1, failures), random);
        var next = now.plus(pause).truncatedTo(ChronoUnit.MICROS);
        var latest = since.plus(parking.postponedMax());
        return new Parked(
                lane,
                position,
                message,
                isDeadNow,
                holdsKey && !(isDeadNow && skipsDeadLetters),
                failure.reason(),
                failures,
                failure.reason() == Reason.POSTPONED && next.isAfter(latest) ? latest : next,
                failure.error(),
                failure.stack(),
                parkedAt,
                since,
                now);
    }
}
