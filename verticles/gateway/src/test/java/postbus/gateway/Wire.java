package postbus.gateway;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A connection on which a test writes the very bytes, and reads answers one after another. */
final class Wire implements AutoCloseable {
    record Reply(int status, Map<String, String> headers, String body) {}

    private final Socket socket;
    private final InputStream in;

    Wire(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
        in = new BufferedInputStream(socket.getInputStream());
    }

    Wire write(String text) throws IOException {
        return write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Wire write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** Writes a request line and headers, and a body if one follows is up to the test. */
    Wire request(String methodAndPath, String... headers) throws IOException {
        var lines = new StringBuilder(methodAndPath).append(" HTTP/1.1\r\nHost: a\r\n");
        for (var header : headers) {
            lines.append(header).append("\r\n");
        }
        return write(lines.append("\r\n").toString());
    }

    /** The next answer; one to HEAD has no body although it may say how long it would be. */
    Reply read(boolean isToHead) throws IOException {
        var status = Integer.parseInt(line().split(" ", -1)[1]);
        var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        for (var line = line(); !line.isEmpty(); line = line()) {
            var colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        var length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        var body = new String(in.readNBytes(isToHead ? 0 : length), StandardCharsets.UTF_8);
        return new Reply(status, headers, body);
    }

    Reply read() throws IOException {
        return read(false);
    }

    /** Whether something came that was not read yet. */
    boolean hasInput() throws IOException {
        return in.available() > 0;
    }

    /** Whether the gateway closes the connection, having said nothing more. */
    boolean isClosed() throws IOException {
        try {
            return in.read() == -1;
        } catch (java.net.SocketException reset) {
            return true;
        }
    }

    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b == -1) {
                throw new IOException("closed after '" + line.toString(StandardCharsets.ISO_8859_1) + "'");
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
