package postbus.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stands between clients and a server, both on loopback, and does to their connections what networks do. Passes all it
 * gets until told otherwise. Thread-safe.
 */
public final class TcpProxy implements AutoCloseable {
    private static final int CHUNK_BYTES = 16 * 1024;
    /** Answers on their way, of one connection; beyond that the server waits. */
    private static final int CHUNKS_MAX = 1_000;

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final int port;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private @Nullable ServerSocket listener;
    private volatile int targetPort;
    private volatile Duration delay = Duration.ZERO;
    private volatile boolean isBlackHole;

    private TcpProxy(ServerSocket listener, int targetPort) {
        this.port = listener.getLocalPort();
        this.targetPort = targetPort;
        listenOn(listener);
    }

    /** A proxy before the server on this port. */
    public static TcpProxy to(int targetPort) {
        return new TcpProxy(bind(0), targetPort);
    }

    /** Where clients find it. */
    public int port() {
        return port;
    }

    /** Where connections lead to that are opened from now on. */
    public void leadTo(int targetPort) {
        this.targetPort = targetPort;
    }

    /** What the server says from now on comes so much later; zero is at once. */
    public void delayAnswers(Duration delay) {
        this.delay = delay;
    }

    /**
     * As if the server's host had vanished: what either side says gets nowhere, and nobody is told. Connections that are
     * open, or opened meanwhile, stay like that also after {@link #pass}.
     */
    public void blackHole() {
        isBlackHole = true;
        connections.forEach(Connection::lose);
    }

    /** Refuses connections, and resets those that are open. */
    public synchronized void refuse() {
        if (listener != null) {
            close(listener);
            listener = null;
        }
        reset();
    }

    /** Resets the connections that are open. */
    public void reset() {
        connections.forEach(Connection::reset);
    }

    /** Passes everything on again, at once. */
    public synchronized void pass() {
        delay = Duration.ZERO;
        isBlackHole = false;
        if (listener == null) {
            listenOn(bind(port));
        }
    }

    @Override
    public void close() {
        refuse();
    }

    private static ServerSocket bind(int port) {
        try {
            var listener = new ServerSocket();
            listener.setReuseAddress(true);
            listener.bind(new InetSocketAddress(LOOPBACK, port), 1_000);
            return listener;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on port " + port, e);
        }
    }

    private void listenOn(ServerSocket listener) {
        this.listener = listener;
        onThread("accept", () -> {
            while (true) {
                open(listener.accept());
            }
        });
    }

    private void open(Socket client) {
        try {
            var connection = new Connection(client, isBlackHole ? null : new Socket(LOOPBACK, targetPort));
            connections.add(connection);
            if (isBlackHole) {
                connection.lose(); // it may have become one while this was opened
            }
            connection.start();
        } catch (IOException serverIsAway) {
            resetSocket(client);
        }
    }

    private final class Connection {
        private final Socket client;
        /** Null for a connection into a black hole. */
        private final @Nullable Socket server;

        private final BlockingQueue<Chunk> answers = new ArrayBlockingQueue<>(CHUNKS_MAX);
        private volatile boolean isLost;

        private static final class Chunk {
            /** Empty at the end. */
            final byte[] bytes;

            final long dueNanos;

            Chunk(byte[] bytes, long dueNanos) {
                this.bytes = bytes;
                this.dueNanos = dueNanos;
            }
        }

        Connection(Socket client, @Nullable Socket server) {
            this.client = client;
            this.server = server;
            this.isLost = server == null;
        }

        void start() throws IOException {
            client.setTcpNoDelay(true);
            if (server != null) {
                server.setTcpNoDelay(true);
                onThread("answers", () -> readAnswers(server));
                onThread("late-answers", this::writeAnswers);
            }
            onThread("questions", this::passQuestions);
        }

        private void passQuestions() throws IOException {
            try {
                var in = client.getInputStream();
                var chunk = new byte[CHUNK_BYTES];
                for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                    if (!isLost && server != null) {
                        server.getOutputStream().write(chunk, 0, length);
                    }
                }
            } finally {
                clientIsGone();
            }
        }

        private void readAnswers(Socket server) throws IOException, InterruptedException {
            try {
                var in = server.getInputStream();
                var chunk = new byte[CHUNK_BYTES];
                for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                    if (!isLost) {
                        answers.put(new Chunk(Arrays.copyOf(chunk, length), dueNanos()));
                    }
                }
            } finally {
                answers.put(new Chunk(new byte[0], dueNanos()));
            }
        }

        private void writeAnswers() throws IOException, InterruptedException {
            try {
                for (var chunk = answers.take(); chunk.bytes.length > 0; chunk = answers.take()) {
                    TimeUnit.NANOSECONDS.sleep(chunk.dueNanos - System.nanoTime());
                    if (!isLost) {
                        client.getOutputStream().write(chunk.bytes);
                    }
                }
            } finally {
                serverIsGone();
            }
        }

        private long dueNanos() {
            return System.nanoTime() + delay.toNanos();
        }

        void lose() {
            isLost = true;
        }

        private void clientIsGone() {
            connections.remove(this);
            TcpProxy.close(client);
            if (!isLost && server != null) {
                TcpProxy.close(server);
            }
        }

        private void serverIsGone() {
            if (!isLost) {
                clientIsGone();
            }
        }

        void reset() {
            connections.remove(this);
            resetSocket(client);
            if (server != null) {
                resetSocket(server);
            }
        }
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    /** Ends with the connection, or the listener, it is for. */
    private static void onThread(String name, Work work) {
        Thread.ofVirtual().name("proxy-" + name).start(() -> {
            try {
                work.run();
            } catch (IOException | InterruptedException ended) {
                return;
            }
        });
    }

    private static void resetSocket(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException closed) {
            return;
        }
        close(socket);
    }

    private static void close(Closeable socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
