package postbus.shop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import postbus.testkit.Await;

/**
 * One address in front of several nodes, as a Service of Kubernetes is: each connection goes to the next of those that
 * are ready and stays there. It looks who is ready once a second, so for up to that long it sends connections to one that
 * is no more. It tries none a second time: what a node refuses, the client sees.
 */
final class Balancer implements AutoCloseable {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    private static final Duration READY_MAX = Duration.ofMinutes(1);

    private final ServerSocket listening;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Set<Integer> nodes = ConcurrentHashMap.newKeySet();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<String> refused = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor();
    private volatile List<Integer> ready = List.of();
    private int turn;

    Balancer() {
        try {
            listening = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        looks.scheduleWithFixedDelay(this::look, 0, LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        Thread.ofVirtual().name("balancer").start(this::accept);
    }

    String address() {
        return "http://127.0.0.1:" + listening.getLocalPort();
    }

    /** This node is one to send to, once it is ready. */
    void add(int port) {
        nodes.add(port);
    }

    /** This node is to get no new connection, from the next look on. */
    void remove(int port) {
        nodes.remove(port);
    }

    /** Waits until it sends to these. */
    void awaitReady(Integer... ports) {
        Await.until("connections go to " + List.of(ports), READY_MAX, () -> ready.containsAll(List.of(ports)));
    }

    /** What became of connections that no node took. */
    List<String> refused() {
        return refused;
    }

    /** What a kubelet asks. */
    boolean isReady(int port) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/ready"))
                .timeout(LOOK_EVERY)
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void look() {
        ready = nodes.stream().filter(this::isReady).sorted().toList();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                var client = listening.accept();
                var choice = ready;
                if (choice.isEmpty()) {
                    refused.add("no node is ready");
                    client.close();
                } else {
                    int port = choice.get(turn++ % choice.size());
                    Thread.ofVirtual().start(() -> connect(client, port));
                }
            } catch (IOException e) {
                if (!listening.isClosed()) {
                    refused.add(e.toString());
                }
            }
        }
    }

    private void connect(Socket client, int port) {
        var node = new Socket();
        open.add(client);
        open.add(node);
        try {
            client.setTcpNoDelay(true);
            node.setTcpNoDelay(true);
            node.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            refused.add(port + ": " + e);
            close(client, node);
            return;
        }
        Thread.ofVirtual().start(() -> copy(client, node));
        copy(node, client);
        close(client, node);
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // One of the two has gone, and the other copy ends as well
        }
    }

    private void close(Socket... sockets) {
        for (var socket : sockets) {
            open.remove(socket);
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() {
        looks.shutdownNow();
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        close(open.toArray(Socket[]::new));
    }
}
