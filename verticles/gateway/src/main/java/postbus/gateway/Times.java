package postbus.gateway;

import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;

/** Times in requests. */
final class Times {
    private Times() {}

    /**
     * The contract's pattern lets pass days that no month has.
     *
     * @param name of the field or parameter
     */
    static @Nullable Instant parse(String name, @Nullable String text) {
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            throw new Refusal(Problem.INVALID, name + " must be a time, is '" + text + "'", "/" + name);
        }
    }
}
