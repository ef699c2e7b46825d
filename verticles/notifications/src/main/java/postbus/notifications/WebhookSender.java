package postbus.notifications;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.URI;
import java.time.Clock;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import postbus.messaging.CloudEvent;

/**
 * Posts events to receivers, signed. For virtual threads; futures only where one exchange is bounded. Nothing a receiver
 * does takes longer than the timeout or makes this fail: what does not end in an HTTP status is {@link Answer.Failed}.
 *
 * <p>Of an answer only the status counts. Its body is read for no longer than the timeout and thrown away.
 */
final class WebhookSender {
    private static final String USER_AGENT = "Postbus-Webhooks";
    private static final int WHY_LENGTH_MAX = 500;
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private final Vertx vertx;
    private final Clock clock;
    private final NotificationsSettings settings;
    private final HttpClient client;

    WebhookSender(Vertx vertx, Clock clock, NotificationsSettings settings) {
        this.vertx = vertx;
        this.clock = clock;
        this.settings = settings;
        var connections = settings.worker().inHandMax();
        this.client = vertx.createHttpClient(
                new HttpClientOptions(),
                // Twice as many as deliveries, for those whose answer is still being thrown away
                new PoolOptions().setHttp1MaxSize(2 * connections).setHttp2MaxSize(2 * connections));
    }

    Answer send(Receiver receiver, Delivery delivery) {
        var body = CloudEvent.of(delivery.event()).toJson();
        try {
            return Answer.ofStatus(
                    exchange(request(receiver, delivery, body), body).await());
        } catch (Exception failure) { // await also throws checked ones, unseen: no such host, connection refused
            return new Answer.Failed(why(failure));
        }
    }

    private RequestOptions request(Receiver receiver, Delivery delivery, Buffer body) {
        var id = delivery.event().id().toString();
        var now = clock.instant();
        var request = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setAbsoluteURI(receiver.url())
                .setFollowRedirects(false)
                .setConnectTimeout(settings.timeout().toMillis())
                .putHeader("content-type", CloudEvent.MEDIA_TYPE)
                .putHeader("user-agent", USER_AGENT)
                .putHeader("webhook-id", id)
                .putHeader("webhook-timestamp", Long.toString(now.getEpochSecond()))
                .putHeader("webhook-signature", receiver.secret().sign(id, now, body));
        return settings.allowLocal() ? request : request.setServer(publicAddress(URI.create(receiver.url())));
    }

    /**
     * Where a name leads to, checked; connecting to that very address leaves no time for the name to lead elsewhere. The
     * JDK resolves it, on a thread that may block.
     */
    private SocketAddress publicAddress(URI url) {
        var addresses = vertx.executeBlocking(() -> InetAddress.getAllByName(url.getHost()))
                .timeout(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)
                .await();
        for (var address : addresses) {
            if (LocalAddresses.contains(address)) {
                throw new IllegalArgumentException("the host is in a private network: " + address.getHostAddress());
            }
        }
        var isSecure = url.getScheme().toLowerCase(Locale.ROOT).equals("https");
        var port = url.getPort() != -1 ? url.getPort() : isSecure ? HTTPS_PORT : HTTP_PORT;
        return SocketAddress.inetSocketAddress(port, addresses[0].getHostAddress());
    }

    /**
     * The status of the answer. Whoever has not answered in time is hung up on, and so is whoever is still talking then.
     */
    private Future<Integer> exchange(RequestOptions options, Buffer body) {
        var timeoutMillis = settings.timeout().toMillis();
        return client.request(options)
                .compose(request -> {
                    var hangUp = vertx.setTimer(timeoutMillis, late -> request.reset());
                    return request.send(body)
                            .onFailure(failure -> vertx.cancelTimer(hangUp))
                            .map(response -> {
                                response.end().onComplete(read -> vertx.cancelTimer(hangUp));
                                return response.statusCode();
                            });
                })
                .timeout(timeoutMillis, TimeUnit.MILLISECONDS);
    }

    private String why(Exception failure) {
        // Both limits end at the same moment; which of them is noticed first is chance. Only we reset over HTTP/1.1.
        if (failure instanceof TimeoutException || failure instanceof StreamResetException) {
            return "no answer within " + settings.timeout();
        }
        var text = failure.toString();
        return text.length() <= WHY_LENGTH_MAX ? text : text.substring(0, WHY_LENGTH_MAX);
    }
}
