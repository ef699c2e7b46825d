package postbus.bench.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Ports that stay the same over restarts, and so are not left to the kernel, which gives its own to anybody. */
final class FreePort {
    private static final int TRIES_MAX = 200;

    private FreePort() {}

    /** The first port of loopback from here on that nobody listens on; it is not kept. */
    static int from(int first) {
        for (int port = first; port < first + TRIES_MAX; port++) {
            try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                // the next one
            }
        }
        throw new IllegalStateException("no free port from " + first + " to " + (first + TRIES_MAX));
    }
}
