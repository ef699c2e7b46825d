package postbus.gateway;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;

/** What a client is answered when all is well. */
record Answer(int status, MultiMap headers, Buffer body) {
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
        return of(status, "application/json", HttpJson.write(body));
    }

    static Answer of(int status, String contentType, Buffer body) {
        return new Answer(status, HttpHeaders.headers().add(HttpHeaders.CONTENT_TYPE, contentType), body);
    }

    /** The same, naming where to find what the request made. */
    Answer at(String location) {
        headers.set(HttpHeaders.LOCATION, location);
        return this;
    }
}
