package postbus.shop.fuzz;

import io.vertx.core.buffer.Buffer;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** A connection over which requests go as they are, and from which answers are read one after another. */
final class Connection implements AutoCloseable {
    private static final int PATIENCE_MS = 30_000;
    private static final int BODY_BYTES_MAX = 64 << 20;

    private final Socket socket;
    private final InputStream in;

    Connection(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Says that nothing more will come. */
    void endWriting() throws IOException {
        socket.shutdownOutput();
    }

    /** The next answer that is not an interim one; of one that goes on and on, its head. */
    Answer read(boolean isToHead) throws IOException {
        while (true) {
            var answer = readAny(isToHead);
            if (answer.status() >= 200) {
                return answer;
            }
        }
    }

    private Answer readAny(boolean isToHead) throws IOException {
        var statusLine = line();
        if (!statusLine.matches("HTTP/[0-9]\\.[0-9] [1-5][0-9][0-9]( .*)?")) {
            throw new IllegalStateException("not an answer: " + statusLine);
        }
        var status = Integer.parseInt(statusLine.substring(9, 12));
        var headers = new TreeMap<String, List<String>>();
        for (var line = line(); !line.isEmpty(); line = line()) {
            var colon = line.indexOf(':');
            if (colon < 1) {
                throw new IllegalStateException("not a header: " + line);
            }
            headers.computeIfAbsent(line.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        }
        var head = new Answer(status, headers, Buffer.buffer(), false);
        if (head.mediaType().equals("text/event-stream")) {
            return new Answer(status, headers, Buffer.buffer(), true);
        }
        return isToHead || status < 200 || status == 204 || status == 304
                ? head
                : new Answer(status, headers, Buffer.buffer(body(head)), false);
    }

    private byte[] body(Answer head) throws IOException {
        if (head.header("transfer-encoding").equals("chunked")) {
            var body = new ByteArrayOutputStream();
            while (true) {
                var size = Integer.parseInt(line(), 16);
                body.writeBytes(bytes(size));
                line();
                if (size == 0) {
                    return body.toByteArray();
                }
            }
        }
        var length = head.header("content-length");
        return length.isEmpty() ? in.readNBytes(BODY_BYTES_MAX) : bytes(Integer.parseInt(length));
    }

    private byte[] bytes(int length) throws IOException {
        var bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the answer breaks off");
        }
        return bytes;
    }

    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b == -1) {
                throw new EOFException("closed after '" + line.toString(StandardCharsets.ISO_8859_1) + "'");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
