package postbus.testkit.network;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A process on a host: answers each line of a TCP connection with the same line, and counts datagrams. */
final class Probe implements AutoCloseable {
    private static final int PORT = 7007;

    private final Host host;
    private final Process process;
    private final AtomicInteger heard = new AtomicInteger();

    private Probe(Host host, Process process) {
        this.host = host;
        this.process = process;
    }

    public static void main(String[] arguments) throws IOException {
        var address = InetAddress.getByName(arguments[0]);
        try (var server = new ServerSocket(PORT, 50, address);
                var datagrams = new DatagramSocket(PORT, address)) {
            Thread.ofPlatform().daemon().start(() -> hear(datagrams));
            System.out.println("listening");
            while (true) {
                var client = server.accept();
                Thread.ofPlatform().daemon().start(() -> {
                    try (client) {
                        client.getInputStream().transferTo(client.getOutputStream());
                    } catch (IOException e) {
                        // the client is gone
                    }
                });
            }
        }
    }

    private static void hear(DatagramSocket socket) {
        try {
            while (true) {
                socket.receive(new DatagramPacket(new byte[100], 100));
                System.out.println("heard");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Probe start(Host host) throws IOException {
        var process = command(
                        host,
                        System.getProperty("java.home") + "/bin/java",
                        "-Xmx32m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Probe.class.getName(),
                        host.address())
                .start();
        var probe = new Probe(host, process);
        var output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        if (!"listening".equals(output.readLine())) {
            throw new IllegalStateException("no probe on " + host);
        }
        Thread.ofPlatform().daemon().start(() -> output.lines().forEach(line -> heard(probe)));
        return probe;
    }

    private static void heard(Probe probe) {
        probe.heard.incrementAndGet();
    }

    private static ProcessBuilder command(Host on, String... command) {
        var all = new ArrayList<>(List.of(on.prefix()));
        all.addAll(List.of(command));
        return new ProcessBuilder(all).redirectErrorStream(true);
    }

    /** How many datagrams have come. */
    int heard() {
        return heard.get();
    }

    /** Sends datagrams from another host to this one. */
    void sendFrom(Host sender, int count) {
        bash(
                sender,
                "for ((i = 0; i < %d; i++)); do echo x > /dev/udp/%s/%d; done".formatted(count, host.address(), PORT));
    }

    /** Whether a line from this party comes back, within 2 s. */
    boolean answers(Host client) {
        return answers(client, host.address(), PORT);
    }

    /** Whether a line sent to this address comes back, within 2 s. */
    static boolean answers(Host client, String address, int port) {
        return bash(
                        client,
                        "timeout 2 bash -c 'exec 3<>/dev/tcp/%s/%d && echo hello >&3 && read line <&3 && echo $line'"
                                .formatted(address, port))
                .contains("hello");
    }

    /** How long a line takes there and back, over one connection. */
    Duration roundTrip(Host client) {
        var nanos = bash(client, """
                exec 3<>/dev/tcp/%s/%d
                echo hello >&3; read line <&3
                begin=$(date +%%s%%N); echo hello >&3; read line <&3; end=$(date +%%s%%N)
                echo $((end - begin))
                """.formatted(host.address(), PORT));
        return Duration.ofNanos(Long.parseLong(nanos.strip()));
    }

    private static String bash(Host on, String script) {
        try {
            var process = command(on, "bash", "-c", script).start();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor(30, TimeUnit.SECONDS);
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
