package postbus.shop.fuzz;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * What came back.
 *
 * @param headers by name in lower case
 * @param body of one that goes on and on, nothing
 */
record Answer(int status, Map<String, List<String>> headers, Buffer body, boolean isStream) {
    /** The first of this name, else nothing. */
    String header(String name) {
        return headers.getOrDefault(name, List.of("")).get(0);
    }

    String mediaType() {
        return header("content-type").replaceAll(";.*", "").strip();
    }

    String text() {
        return body.toString(StandardCharsets.UTF_8);
    }

    /** Whether the gateway ends the connection with it. */
    boolean isLast() {
        return isStream || header("connection").equalsIgnoreCase("close");
    }

    @Override
    public String toString() {
        var text = text();
        return status + " " + headers + "\n    " + (text.length() > 600 ? text.substring(0, 600) + "…" : text);
    }
}
