package postbus.gateway;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** What a client is answered when all is well; {@code location} is where to find what the request made. */
record Answer(
        int status, CharSequence contentType, @Nullable String location, Buffer body) {
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

    /** What was asked for. */
    static Answer ok(Object body) {
        return json(200, body);
    }

    /** It is there now. */
    static Answer created(Object body) {
        return json(201, body);
    }

    /** It is on its way; what comes of it is to be asked for. */
    static Answer accepted(Object body) {
        return json(202, body);
    }

    private static Answer json(int status, Object body) {
        return of(status, JSON, HttpJson.write(body));
    }

    static Answer of(int status, CharSequence contentType, Buffer body) {
        return new Answer(status, contentType, null, body);
    }

    /** The same, naming where to find what the request made. */
    Answer at(String location) {
        return new Answer(status, contentType, location, body);
    }
}
