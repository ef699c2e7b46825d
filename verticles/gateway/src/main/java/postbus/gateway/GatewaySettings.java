package postbus.gateway;

import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import postbus.gateway.access.AccessSettings;
import postbus.gateway.access.LoginSettings;
import postbus.node.Settings;

/**
 * What can be set about the gateway.
 *
 * @param host the address it listens on
 * @param port 0 to 65,535; 0 is any free one
 * @param requestTimeout how long a client waits at most for services, 100 ms to 2 min
 * @param idleTimeout after which a connection that carries nothing is closed, 1 s more than requestTimeout (whose
 *     waiting carries nothing) to 1 hour
 * @param initialLineBytesMax longest request line, and so longest URI, 1 KiB to 64 KiB
 * @param headerBytesMax all headers of a request together, 1 KiB to 1 MiB
 * @param deadLettersOf services whose dead letters it shows
 * @param eventStreamsMax most clients that are told events as they happen, 0 to 100,000
 * @param opsPort of health and metrics for the cluster's own network, 1 to 65,535; 0 for none
 * @param connectionsMax most connections of clients, 1 to 1,000,000
 * @param readMax how long a client may take to send a request, 1 s to 5 min
 * @param corsOrigins whose pages may use the API from a browser
 * @param tls with what it proves who it is
 * @param access whose tokens are accepted
 * @param quota how often one client may ask
 * @param login how people log in at the console
 */
record GatewaySettings(
        String host,
        int port,
        Duration requestTimeout,
        Duration idleTimeout,
        int initialLineBytesMax,
        int headerBytesMax,
        List<String> deadLettersOf,
        int eventStreamsMax,
        int opsPort,
        int connectionsMax,
        Duration readMax,
        List<String> corsOrigins,
        TlsSettings tls,
        AccessSettings access,
        QuotaSettings quota,
        LoginSettings login) {

    /** Requests that one connection of HTTP/2 carries at once. */
    private static final int STREAMS_MAX = 100;

    static GatewaySettings of(Settings settings) {
        var requestTimeout = settings.duration(
                "REQUEST_TIMEOUT", Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofMinutes(2));
        return new GatewaySettings(
                settings.text("HTTP_HOST", "127.0.0.1"),
                settings.integer("HTTP_PORT", 8080, 0, 65_535),
                requestTimeout,
                settings.duration(
                        "HTTP_IDLE_TIMEOUT", Duration.ofMinutes(1), requestTimeout.plusSeconds(1), Duration.ofHours(1)),
                settings.integer("HTTP_INITIAL_LINE_BYTES_MAX", 4 << 10, 1 << 10, 64 << 10),
                settings.integer("HTTP_HEADER_BYTES_MAX", 16 << 10, 1 << 10, 1 << 20),
                settings.list("DEAD_LETTERS_OF", "catalog,inventory,notifications,ordering,payment,shipping,tracking"),
                settings.integer("EVENT_STREAMS_MAX", 1_000, 0, 100_000),
                settings.integer("OPS_PORT", 0, 0, 65_535),
                settings.integer("HTTP_CONNECTIONS_MAX", 10_000, 1, 1_000_000),
                settings.duration(
                        "HTTP_READ_TIMEOUT", Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofMinutes(5)),
                settings.list("CORS_ORIGINS", ""),
                TlsSettings.of(settings),
                AccessSettings.of(settings),
                QuotaSettings.of(settings),
                LoginSettings.of(settings));
    }

    /** How often a client that is told events hears that its connection is alive. */
    Duration heartbeatEvery() {
        return idleTimeout.dividedBy(4);
    }

    HttpServerOptions server() {
        return new HttpServerOptions()
                .setHost(host)
                .setPort(port)
                .setIdleTimeout(Math.toIntExact(idleTimeout.toMillis()))
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setMaxInitialLineLength(initialLineBytesMax)
                .setMaxHeaderSize(headerBytesMax)
                .setHttp2ClearTextEnabled(false) // browsers and others who speak HTTP/2 do so with TLS
                .setInitialSettings(
                        new Http2Settings().setMaxConcurrentStreams(STREAMS_MAX).setMaxHeaderListSize(headerBytesMax))
                .setSsl(tls.isOn())
                .setUseAlpn(true)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.2", "TLSv1.3"));
    }
}
