package postbus.testkit.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Passes TCP connections on, and what they carry so much later in each direction. At most {@value #CHUNKS_MAX} chunks of
 * a connection and direction are under way at a time; then the sender waits. Closing resets the connections it carries.
 */
final class Forwarder implements AutoCloseable {
    private static final int CHUNKS_MAX = 1_024;
    private static final int CHUNK_BYTES_MAX = 16_384;
    private static final int CONNECT_TIMEOUT_MS = 10_000;

    private record Chunk(ByteBuffer bytes, long dueNanos) {
        boolean isEnd() {
            return bytes.capacity() == 0;
        }
    }

    private final ServerSocket server;
    private final InetSocketAddress target;
    private final Duration oneWay;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean isClosed;

    private Forwarder(ServerSocket server, InetSocketAddress target, Duration oneWay) {
        this.server = server;
        this.target = target;
        this.oneWay = oneWay;
    }

    /** Listens on a free port of this address. */
    static Forwarder start(String address, InetSocketAddress target, Duration oneWay) {
        try {
            var forwarder = new Forwarder(new ServerSocket(0, 128, InetAddress.getByName(address)), target, oneWay);
            Thread.ofVirtual().start(forwarder::accept);
            return forwarder;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on " + address, e);
        }
    }

    int port() {
        return server.getLocalPort();
    }

    private void accept() {
        while (!isClosed) {
            try {
                var client = keep(server.accept());
                Thread.ofVirtual().start(() -> connect(client));
            } catch (IOException e) {
                // this client is gone, or the forwarder is closed
            }
        }
    }

    private Socket keep(Socket socket) throws IOException {
        sockets.add(socket);
        socket.setTcpNoDelay(true);
        if (isClosed) {
            end(socket);
        }
        return socket;
    }

    private void connect(Socket client) {
        try {
            var far = keep(new Socket());
            try {
                far.connect(target, CONNECT_TIMEOUT_MS);
                pass(client, far);
                pass(far, client);
            } catch (IOException e) {
                end(client);
                end(far);
            }
        } catch (IOException e) {
            end(client);
        }
    }

    private void pass(Socket from, Socket to) {
        var underWay = new ArrayBlockingQueue<Chunk>(CHUNKS_MAX);
        Thread.ofVirtual().start(() -> read(from, to, underWay));
        Thread.ofVirtual().start(() -> write(from, to, underWay));
    }

    private void read(Socket from, Socket to, BlockingQueue<Chunk> underWay) {
        try {
            var buffer = new byte[CHUNK_BYTES_MAX];
            var input = from.getInputStream();
            while (true) {
                int count = input.read(buffer);
                var bytes = Arrays.copyOf(buffer, Math.max(0, count));
                var chunk = new Chunk(ByteBuffer.wrap(bytes), System.nanoTime() + oneWay.toNanos());
                while (!underWay.offer(chunk, 1, TimeUnit.SECONDS)) {
                    if (to.isClosed()) {
                        return;
                    }
                }
                if (chunk.isEnd()) {
                    return;
                }
            }
        } catch (IOException e) {
            end(from);
            end(to);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(Socket from, Socket to, BlockingQueue<Chunk> underWay) {
        try {
            var output = to.getOutputStream();
            while (true) {
                var chunk = underWay.poll(1, TimeUnit.SECONDS);
                if (chunk == null) {
                    if (from.isClosed() || to.isClosed()) {
                        return;
                    }
                    continue;
                }
                for (long wait = chunk.dueNanos() - System.nanoTime();
                        wait > 0;
                        wait = chunk.dueNanos() - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                if (chunk.isEnd()) {
                    to.shutdownOutput();
                    if (from.isOutputShutdown()) {
                        end(from);
                        end(to);
                    }
                    return;
                }
                output.write(chunk.bytes().array());
            }
        } catch (IOException e) {
            end(from);
            end(to);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void end(Socket socket) {
        sockets.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            // it is gone either way
        }
    }

    @Override
    public void close() {
        isClosed = true;
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (var socket : sockets) {
            try {
                socket.setSoLinger(true, 0); // a reset: the parties shall know
            } catch (IOException e) {
                // it is gone already
            }
            end(socket);
        }
    }
}
