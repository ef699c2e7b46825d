package postbus.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.impl.codecs.StringMessageCodec;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.spi.cluster.hazelcast.impl.HazelcastNodeInfo;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import postbus.testkit.Await;
import postbus.testkit.Certificates;

/** Two members, and outsiders that are in the Hazelcast cluster, which asks nobody, and so know everything that members do. */
@Timeout(240)
class BusTlsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** For an answer that must come. */
    private static final DeliveryOptions PATIENTLY = new DeliveryOptions().setSendTimeout(15_000);
    /** For one that must not. That it did not come too late is looked at afterwards. */
    private static final DeliveryOptions BRIEFLY = new DeliveryOptions().setSendTimeout(1_000);

    private static final String COMMANDS = "commands";

    private static final int FIRST_PORT = 29_301;
    private static final AtomicInteger NEXT_PORT = new AtomicInteger(FIRST_PORT);

    private static final String CLUSTER = "bus-tls-" + UUID.randomUUID();
    /** Commands that reached the handler of the second member. */
    private static final Queue<String> HANDLED = new ConcurrentLinkedQueue<>();

    @TempDir
    static Path folder;

    private static Certificates ours;
    private static Node first;
    private static Node second;

    @BeforeAll
    static void start() {
        ours = Certificates.in(folder.resolve("ours"), "first", "second", "third");
        first = join(ours.busSettings("first"));
        second = join(ours.busSettings("second"));
        second.vertx()
                .eventBus()
                .<String>consumer(COMMANDS, command -> {
                    HANDLED.add(command.body());
                    command.reply("done");
                })
                .completion()
                .await();
        Await.until("members reach each other", PATIENCE, () -> isAnsweredAtOnce(first, COMMANDS, "hello"));
    }

    @AfterAll
    static void stop() {
        second.close();
        first.close();
    }

    enum Outsider {
        WITHOUT_CERTIFICATE {
            @Override
            Map<String, String> settings() {
                return Map.of();
            }
        },
        WITH_A_CERTIFICATE_OF_ANOTHER_AUTHORITY {
            @Override
            Map<String, String> settings() {
                return Certificates.in(folder.resolve("theirs"), "first").busSettings("first");
            }
        },
        WHICH_TRUSTS_OUR_AUTHORITY_AND_IS_NOT_SIGNED_BY_IT {
            @Override
            Map<String, String> settings() {
                // As its own authority, whose name is that of ours; a start would refuse it with our ca.pem
                var settings = new HashMap<>(
                        Certificates.in(folder.resolve("alike"), "first").busSettings("first"));
                var both = folder.resolve("both.pem");
                try {
                    Files.writeString(
                            both,
                            Files.readString(Path.of(settings.get("BUS_TLS_CA"))) + Files.readString(ours.authority()));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
                settings.put("BUS_TLS_CA", both.toString());
                return settings;
            }
        };

        abstract Map<String, String> settings();
    }

    @ParameterizedTest
    @EnumSource
    void a_process_without_a_certificate_of_a_member_neither_commands_nor_is_sent_anything(Outsider kind) {
        var heard = new ConcurrentLinkedQueue<String>();
        try (var outsider = join(kind.settings())) {
            assertThat(member(outsider).getNodes())
                    .as("it is in the Hazelcast cluster, and sees who consumes what")
                    .contains(member(first).getNodeId(), member(second).getNodeId());
            outsider.vertx().eventBus().publish(COMMANDS, "steal, broadcast");
            assertThat(isAnsweredAtOnce(outsider, COMMANDS, "steal")).isFalse();

            outsider.vertx()
                    .eventBus()
                    .<String>consumer("secrets-" + kind, secret -> {
                        heard.add(secret.body());
                        secret.reply("thanks");
                    })
                    .completion()
                    .await();
            assertThat(isAnsweredAtOnce(first, "secrets-" + kind, "the secret")).isFalse();
            assertThat(isAnswered(outsider, "secrets-" + kind, "its own"))
                    .as("its consumer works")
                    .isTrue();
        }
        // What it sent first would be here by now: it had been refused before this was sent
        assertThat(isAnswered(first, COMMANDS, "after " + kind)).isTrue();
        assertThat(HANDLED).contains("after " + kind).noneMatch(command -> command.startsWith("steal"));
        assertThat(heard).containsExactly("its own");
    }

    @Test
    void whoever_speaks_the_protocol_of_the_bus_without_tls_is_refused() throws IOException {
        try (var open = Node.joinCluster(Settings.of(
                Map.of("CLUSTER_NAME", CLUSTER + "-open", "CLUSTER_PORT", "29401", "CLUSTER_PORTS", "5")))) {
            var received = new ConcurrentLinkedQueue<String>();
            open.vertx()
                    .eventBus()
                    .<String>consumer(COMMANDS, command -> received.add(command.body()))
                    .completion()
                    .await();
            try (var socket = connect(open)) {
                socket.getOutputStream().write(command("plain").getBytes());
                Await.until(
                        "these bytes are a command where there is no TLS", PATIENCE, () -> received.contains("plain"));
            }
        }
        try (var socket = connect(second)) {
            socket.getOutputStream().write(command("plain").getBytes());
            socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
            awaitClosed(socket);
        }
        assertThat(isAnswered(first, COMMANDS, "after plain")).isTrue();
        assertThat(HANDLED).contains("after plain").doesNotContain("plain");
    }

    private static void awaitClosed(Socket socket) throws IOException {
        try {
            socket.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            // As good
        }
    }

    @Test
    void renewed_certificates_are_used_without_a_restart_and_broken_ones_are_not() throws Exception {
        var folderOfNext = folder.resolve("next");
        var mounted = folder.resolve("mounted");
        Files.createDirectories(mounted);
        put(ours, "third", mounted);
        var settings = Map.of(
                "BUS_TLS_CERTIFICATE", mounted.resolve("tls.crt").toString(),
                "BUS_TLS_KEY", mounted.resolve("tls.key").toString(),
                "BUS_TLS_CA", mounted.resolve("ca.crt").toString());
        var files = Objects.requireNonNull(BusTls.of(Settings.of(settings)));
        var next = Certificates.in(folderOfNext, "third", "fourth");
        try (var third = join(settings)) {
            Await.until("the third is a member", PATIENCE, () -> isAnsweredAtOnce(third, COMMANDS, "third"));
            var renewal = new BusRenewal(third.vertx(), files, files.identity());
            assertThat(renewal.look().await()).as("nothing is new").isFalse();

            replace(next.key("third"), mounted.resolve("tls.key"));
            assertThat(renewal.look().await())
                    .as("a key without its certificate")
                    .isFalse();
            Files.writeString(mounted.resolve("tls.key"), "no key");
            assertThat(renewal.look().await()).as("no key").isFalse();
            assertThat(isAnswered(third, COMMANDS, "still")).isTrue();

            // An authority of other nodes altogether: whom it reaches afterwards tells which one is used, at both ends
            put(next, "third", mounted);
            assertThat(renewal.look().await()).isTrue();
            var greeting = "greeting-" + UUID.randomUUID();
            consume(third, greeting);
            try (var fourth = join(next.busSettings("fourth"))) {
                var answer = "answer-" + UUID.randomUUID();
                consume(fourth, answer);
                Await.until("it is called with the new one", PATIENCE, () -> isAnsweredAtOnce(fourth, greeting, "?"));
                Await.until("it calls with the new one", PATIENCE, () -> isAnsweredAtOnce(third, answer, "?"));
                assertThat(isAnsweredAtOnce(fourth, COMMANDS, "of the next")).isFalse();
            }
        }
        assertThat(HANDLED).contains("third", "still").doesNotContain("of the next");
    }

    @Test
    void what_cannot_be_used_is_a_wrong_setting_in_one_line() throws IOException {
        assertThatThrownBy(() -> BusTls.of(Settings.of(Map.of("BUS_TLS_CA", "ca.pem"))))
                .isInstanceOf(SettingException.class)
                .hasMessage(
                        "BUS_TLS_CERTIFICATE is not set: BUS_TLS_CERTIFICATE, BUS_TLS_KEY and BUS_TLS_CA go together");
        assertThatThrownBy(() -> BusTls.of(Settings.of(Map.of("PROFILE", "production"))))
                .isInstanceOf(SettingException.class)
                .hasMessage("PROFILE is production, so the event bus needs TLS: BUS_TLS_CERTIFICATE, BUS_TLS_KEY and"
                        + " BUS_TLS_CA are not set");
        var nothing = folder.resolve("nothing.pem");
        Files.writeString(nothing, "nothing");
        assertRefused(Map.of("BUS_TLS_KEY", nothing.toString()), "BUS_TLS_CERTIFICATE and BUS_TLS_KEY are no PEM");
        assertRefused(Map.of("BUS_TLS_CA", nothing.toString()), "BUS_TLS_CA");
        assertRefused(Map.of("BUS_TLS_CERTIFICATE", folder.resolve("away.pem").toString()), "away.pem is not there");
        assertRefused(
                Map.of("BUS_TLS_KEY", ours.key("second").toString()),
                "BUS_TLS_KEY is not the key of BUS_TLS_CERTIFICATE");
        var others = Certificates.in(folder.resolve("others"), "first");
        assertRefused(
                Map.of("BUS_TLS_CA", others.authority().toString()),
                "BUS_TLS_CERTIFICATE is none that BUS_TLS_CA stands for");
    }

    private static void assertRefused(Map<String, String> instead, String message) {
        var settings = new HashMap<>(ours.busSettings("first"));
        settings.putAll(instead);
        settings.put("CLUSTER_NAME", CLUSTER + "-refused");
        assertThatThrownBy(() -> Node.joinCluster(Settings.of(settings)))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining(message);
    }

    private static Node join(Map<String, String> settings) {
        var all = new HashMap<>(settings);
        // A port for each: Hazelcast's members still mistake one that joins for the one that left the same port just
        // now
        all.putAll(Map.of(
                "CLUSTER_NAME",
                CLUSTER,
                "CLUSTER_PORT",
                "" + NEXT_PORT.getAndIncrement(),
                "CLUSTER_PORTS",
                "1",
                "CLUSTER_MEMBERS",
                "127.0.0.1:" + FIRST_PORT));
        return Node.joinCluster(Settings.of(all));
    }

    private static void put(Certificates certificates, String name, Path mounted) throws IOException {
        replace(certificates.certificate(name), mounted.resolve("tls.crt"));
        replace(certificates.key(name), mounted.resolve("tls.key"));
        replace(certificates.authority(), mounted.resolve("ca.crt"));
    }

    private static void replace(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void consume(Node node, String address) {
        node.vertx()
                .eventBus()
                .<String>consumer(address, question -> question.reply("yes"))
                .completion()
                .await();
    }

    private static boolean isAnswered(Node asking, String address, String body) {
        return isAnswered(asking, address, body, PATIENTLY);
    }

    private static boolean isAnsweredAtOnce(Node asking, String address, String body) {
        return isAnswered(asking, address, body, BRIEFLY);
    }

    private static boolean isAnswered(Node asking, String address, String body, DeliveryOptions options) {
        return asking.vertx()
                .eventBus()
                .<String>request(address, body, options)
                .map(true)
                .otherwise(false)
                .await();
    }

    private static Member member(Node node) {
        return (Member) ((VertxInternal) node.vertx()).clusterManager();
    }

    private static Socket connect(Node node) throws IOException {
        NodeInfo where = member(first.equals(node) || second.equals(node) ? first : node)
                .getHazelcastInstance()
                .<String, HazelcastNodeInfo>getMap(Member.WHEREABOUTS)
                .get(member(node).getNodeId())
                .unwrap();
        return new Socket(where.host(), where.port());
    }

    /** A message as a member writes it: protocol, codec, send, address, no reply address, sender, no headers, body. */
    private static Buffer command(String body) {
        var message = Buffer.buffer().appendByte((byte) 2).appendByte(new StringMessageCodec().systemCodecID());
        message.appendByte((byte) 0);
        appendText(message, COMMANDS);
        message.appendInt(0);
        appendText(message, UUID.randomUUID().toString());
        message.appendInt(4);
        appendText(message, body);
        return Buffer.buffer().appendInt(message.length()).appendBuffer(message);
    }

    private static void appendText(Buffer buffer, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        buffer.appendInt(bytes.length).appendBytes(bytes);
    }
}
