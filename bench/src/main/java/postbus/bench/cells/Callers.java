package postbus.bench.cells;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Connections that ask for a path again and again, one request under way on each, until it is closed; on one event loop of
 * their own, and as cheap as can be, since client and server share the processors. Knows only as much HTTP as the answers
 * have: a status line and a content length.
 */
final class Callers implements AutoCloseable {
    private static final String OK = "HTTP/1.1 200 ";
    private static final String LENGTH = "content-length: ";
    private static final String END_OF_HEAD = "\r\n\r\n";

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    /** One that nobody holds is closed when the garbage is collected, and its connections with it. */
    private final NetClient client = vertx.createNetClient();

    private final Buffer request;
    private final AtomicLong answered = new AtomicLong();
    private volatile boolean isOver;
    private volatile String wrong = "";

    /** They begin at once. */
    Callers(int port, String path, int connections) {
        request = Buffer.buffer("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port + END_OF_HEAD);
        var connected = new ArrayList<Future<?>>();
        for (int i = 0; i < connections; i++) {
            connected.add(client.connect(port, "127.0.0.1").onSuccess(this::begin));
        }
        Future.all(connected).await();
    }

    /** How many answers came; fails when one was not 200. */
    long answered() {
        if (!wrong.isEmpty()) {
            throw new IllegalStateException("unexpected answer: " + wrong);
        }
        return answered.get();
    }

    private void begin(NetSocket socket) {
        var pending = new Buffer[] {Buffer.buffer()};
        socket.handler(chunk -> {
            pending[0].appendBuffer(chunk);
            var text = pending[0].toString(StandardCharsets.ISO_8859_1);
            int head = text.indexOf(END_OF_HEAD);
            if (head < 0) {
                return;
            }
            if (!text.startsWith(OK)) {
                wrong = text;
                socket.close();
                return;
            }
            if (text.length() >= head + END_OF_HEAD.length() + contentLength(text.substring(0, head))) {
                pending[0] = Buffer.buffer();
                answered.incrementAndGet();
                ask(socket);
            }
        });
        ask(socket);
    }

    private void ask(NetSocket socket) {
        if (isOver) {
            socket.close();
        } else {
            socket.write(request);
        }
    }

    private static int contentLength(String head) {
        int at = head.toLowerCase(Locale.ROOT).indexOf(LENGTH) + LENGTH.length();
        int end = head.indexOf('\r', at);
        return Integer.parseInt(head.substring(at, end < 0 ? head.length() : end));
    }

    @Override
    public void close() {
        isOver = true;
        vertx.close().await();
    }
}
