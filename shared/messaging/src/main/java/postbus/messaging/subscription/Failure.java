package postbus.messaging.subscription;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import postbus.messaging.transaction.Failures;

/**
 * Why an attempt at a message failed, in the form it is kept.
 *
 * @param error one line for people, at most {@value #ERROR_LENGTH_MAX} characters
 * @param stack classes and lines without messages, which could quote a body; at most {@value #STACK_LENGTH_MAX}
 *     characters
 * @param pause until the next attempt, where the handler says so
 */
record Failure(
        Reason reason,
        String error,
        @Nullable String stack,
        @Nullable Duration pause) {
    static final int ERROR_LENGTH_MAX = 500;
    static final int STACK_LENGTH_MAX = 8_000;
    private static final int CAUSES_MAX = 10;
    private static final Duration PAUSE_MIN = Duration.ofSeconds(1);

    static Failure of(Throwable thrown) {
        if (thrown instanceof NotDone notDone) {
            return switch (notDone.outcome()) {
                case Outcome.Never never -> new Failure(Reason.REJECTED, shorten(never.reason()), null, null);
                case Outcome.Later later ->
                    new Failure(
                            Reason.POSTPONED,
                            shorten(later.reason()),
                            null,
                            later.pause().compareTo(PAUSE_MIN) < 0 ? PAUSE_MIN : later.pause());
                case Outcome.Done done -> throw new IllegalArgumentException("done is no failure", thrown);
            };
        }
        if (thrown instanceof UnknownType) {
            return new Failure(Reason.UNKNOWN_TYPE, shorten(String.valueOf(thrown.getMessage())), null, null);
        }
        var cause = thrown instanceof UnreadableBody unreadable && unreadable.getCause() != null
                ? unreadable.getCause()
                : thrown;
        var reason = thrown instanceof UnreadableBody
                ? Reason.UNREADABLE
                : Failures.isTimeout(thrown) || Failures.isConflict(thrown) ? Reason.TOOK_TOO_LONG : Reason.FAILED;
        return new Failure(reason, shorten(cause.toString()), stack(cause), null);
    }

    private static String shorten(String text) {
        var line = text.lines().findFirst().orElse("").replace('\0', ' '); // Postgres keeps no NUL in text
        return line.length() <= ERROR_LENGTH_MAX ? line : line.substring(0, ERROR_LENGTH_MAX);
    }

    private static String stack(Throwable thrown) {
        var text = new StringBuilder();
        int causes = 0;
        for (Throwable cause = thrown; cause != null && causes < CAUSES_MAX; cause = cause.getCause(), causes++) {
            text.append(causes == 0 ? "" : "caused by ")
                    .append(cause.getClass().getName())
                    .append('\n');
            for (var frame : cause.getStackTrace()) {
                text.append("  at ").append(frame).append('\n');
                if (text.length() > STACK_LENGTH_MAX) {
                    return text.substring(0, STACK_LENGTH_MAX);
                }
            }
        }
        return text.toString();
    }
}
