package postbus.gateway.access;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Where the keys of the issuer are read. Event loop. */
interface KeySource {
    /** 1 MiB. */
    int BYTES_MAX = 1 << 20;

    Future<Buffer> read();

    /** How often to look whether there are others. */
    Duration lookEvery();

    /** A file, such as one that is mounted; it may be replaced at any time. */
    static KeySource file(Vertx vertx, String path) {
        return new KeySource() {
            @Override
            public Future<Buffer> read() {
                return vertx.fileSystem().props(path).compose(properties -> {
                    if (properties.size() > BYTES_MAX) {
                        throw new IllegalArgumentException("more than " + BYTES_MAX + " bytes");
                    }
                    return vertx.fileSystem().readFile(path);
                });
            }

            @Override
            public Duration lookEvery() {
                return Duration.ofSeconds(2);
            }
        };
    }

    /** An address of the issuer; redirects are not followed. */
    static KeySource address(Vertx vertx, String address) {
        return new Address(vertx, address);
    }

    /** Reads what is at an address, within 5 s. */
    final class Address implements KeySource {
        private static final Duration ANSWER_MAX = Duration.ofSeconds(5);

        private final HttpClient client;
        private final String address;

        Address(Vertx vertx, String address) {
            this.address = address;
            this.client = vertx.createHttpClient(new HttpClientOptions()
                    .setConnectTimeout(Math.toIntExact(ANSWER_MAX.toMillis()))
                    .setVerifyHost(true));
        }

        @Override
        public Future<Buffer> read() {
            var request = new RequestOptions().setMethod(HttpMethod.GET).setAbsoluteURI(address);
            return client.request(request)
                    .compose(asked ->
                            asked.putHeader("Accept", "application/json").send())
                    .compose(Address::body)
                    .timeout(ANSWER_MAX.toMillis(), TimeUnit.MILLISECONDS);
        }

        private static Future<Buffer> body(HttpClientResponse answer) {
            if (answer.statusCode() != 200) {
                return Future.failedFuture("status " + answer.statusCode());
            }
            var bytes = new int[1];
            answer.handler(chunk -> {
                bytes[0] += chunk.length();
                if (bytes[0] > BYTES_MAX) {
                    answer.request().connection().close();
                }
            });
            return answer.body();
        }

        @Override
        public Duration lookEvery() {
            return Duration.ofMinutes(5);
        }
    }
}
