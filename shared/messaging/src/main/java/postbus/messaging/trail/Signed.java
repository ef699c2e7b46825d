package postbus.messaging.trail;

import postbus.messaging.Problem;
import postbus.messaging.Refusal;

/**
 * Who decides something, and why; kept with what is decided.
 *
 * @param by 1 to {@value #BY_LENGTH_MAX} characters
 * @param why 1 to {@value #WHY_LENGTH_MAX} characters
 */
public record Signed(String by, String why) {
    public static final int BY_LENGTH_MAX = 200;
    public static final int WHY_LENGTH_MAX = 1_000;

    /** Throws a {@link Refusal} that names the wrong field. */
    public Signed {
        require("by", by, BY_LENGTH_MAX);
        require("why", why, WHY_LENGTH_MAX);
    }

    private static void require(String field, String text, int lengthMax) {
        if (text.isBlank() || text.length() > lengthMax) {
            throw new Refusal(
                    Problem.INVALID, field + " must have 1 to " + lengthMax + " characters, not blank", "/" + field);
        }
    }
}
