package postbus.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.node.SettingException;

/**
 * The certificate of the gateway with its key, and those that come after: files that change are taken without a restart,
 * once both have been the same for two looks, so that no half of a renewal is taken. What does not fit leaves the one in
 * use. Connections that are open keep theirs. Event loop.
 */
final class Certificate {
    private static final Logger LOG = LoggerFactory.getLogger(Certificate.class);

    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);

    private record Files(Buffer certificate, Buffer key) {
        PemKeyCertOptions options() {
            return new PemKeyCertOptions().setCertValue(certificate).setKeyValue(key);
        }
    }

    private final Vertx vertx;
    private final TlsSettings settings;
    private @Nullable Files used;
    private @Nullable Files seen;

    Certificate(Vertx vertx, TlsSettings settings) {
        this.vertx = vertx;
        this.settings = settings;
    }

    /** Reads both for the start; what cannot be read is a {@link SettingException}. */
    Future<PemKeyCertOptions> read() {
        return files().map(read -> {
                    used = read;
                    seen = read;
                    return read.options();
                })
                .recover(failure -> Future.failedFuture(new SettingException(
                        "HTTP_TLS_CERTIFICATE or HTTP_TLS_KEY cannot be read: " + failure.getMessage())));
    }

    private Future<Files> files() {
        var files = vertx.fileSystem();
        return files.readFile(settings.certificate())
                .compose(certificate -> files.readFile(settings.key()).map(key -> new Files(certificate, key)));
    }

    /** @param options what else the server was told about TLS */
    void renew(HttpServer server, ServerSSLOptions options) {
        vertx.setPeriodic(
                LOOK_EVERY.toMillis(),
                tick -> files().onSuccess(found -> {
                            if (!found.equals(used) && found.equals(seen)) {
                                take(server, options, found);
                            }
                            seen = found;
                        })
                        .onFailure(failure ->
                                LOG.warn("certificate.unread, the one in use stays: {}", failure.toString())));
    }

    private void take(HttpServer server, ServerSSLOptions options, Files found) {
        used = found; // also one that does not fit is tried once
        var renewed = options.copy();
        renewed.setKeyCertOptions(found.options());
        server.updateSSLOptions(renewed)
                .onSuccess(done -> LOG.info("certificate.renewed file={}", settings.certificate()))
                .onFailure(failure -> LOG.error(
                        "certificate.refused file={}, the one in use stays: {}",
                        settings.certificate(),
                        failure.toString()));
    }
}
