package postbus.shop.fuzz;

import io.vertx.core.buffer.Buffer;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request as bytes, and what may be answered.
 *
 * @param number with the seed it makes the same request again
 * @param tricks what is odd about it
 * @param correlation the id that the answer must have; null when the request asks for none
 * @param operation what it is for; null when it may be for anything
 * @param statuses that may be answered
 * @param isWellBounded whether the next request may follow on the same connection
 * @param isCutShort whether its end never comes
 * @param mayBeCutOff whether a connection that ends without an answer is one
 */
record Request(
        int number,
        String tricks,
        @Nullable String correlation,
        @Nullable Operation operation,
        Set<Integer> statuses,
        boolean isWellBounded,
        boolean isCutShort,
        boolean mayBeCutOff,
        Buffer bytes) {

    boolean isHead() {
        return bytes.length() > 5 && bytes.getString(0, 5).equals("HEAD ");
    }

    /** The request as it can be read, at most its first 600 bytes. */
    String shown() {
        var text = new StringBuilder();
        for (int i = 0; i < Math.min(600, bytes.length()); i++) {
            var c = (char) (bytes.getByte(i) & 0xff);
            if (c == '\n') {
                text.append("\\n\n    ");
            } else if (c == '\r') {
                text.append("\\r");
            } else if (c < 0x20 || c > 0x7e) {
                text.append(String.format("\\x%02x", (int) c));
            } else {
                text.append(c);
            }
        }
        return bytes.length() > 600 ? text + "… (" + bytes.length() + " bytes)" : text.toString();
    }
}
