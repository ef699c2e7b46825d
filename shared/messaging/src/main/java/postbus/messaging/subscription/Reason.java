package postbus.messaging.subscription;

import java.util.Arrays;
import java.util.Locale;

/** Why a message is parked. The {@link #text} is kept in tables and travels; it never changes its meaning. */
enum Reason {
    /** Behind an earlier message of its key. */
    WAITING,
    /** Its handler threw. */
    FAILED,
    /** Its handler took longer than a statement or a wait for a lock may, or lost every race. */
    TOOK_TOO_LONG,
    /** Its body does not fit the class it is to become. */
    UNREADABLE,
    /** There is no handler for its type, nor for an older version of it. */
    UNKNOWN_TYPE,
    /** Its handler said never. */
    REJECTED,
    /** Its handler said later. */
    POSTPONED;

    private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

    String text() {
        return text;
    }

    static Reason of(String text) {
        return Arrays.stream(values())
                .filter(reason -> reason.text.equals(text))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("no such reason: '" + text + "'"));
    }
}
