package postbus.messaging.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageCodec;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.ClusteredVertx;
import postbus.messaging.LogLines;
import postbus.messaging.Notes.Count;
import postbus.messaging.Notes.CountNotes;
import postbus.messaging.Notes.Keep;
import postbus.messaging.Notes.Noted;
import postbus.messaging.Notes.TakeNote;
import postbus.messaging.Source;
import postbus.messaging.relay.Relay;
import postbus.messaging.relay.RelayOptions;
import postbus.messaging.transaction.Cause;
import postbus.messaging.wire.Addresses;
import postbus.postgres.ScratchDatabase;

/**
 * What a member may send that is out of its mind: anything, to every address, under every codec. {@code
 * -Dpostbus.seed=S} sends the same again.
 */
@Timeout(120)
class BusFuzzTest {
    private static final long SEED = Long.getLong("postbus.seed", System.nanoTime());
    private static final int MESSAGES = 3_000;
    private static final int GOOD = 40;

    private static Vertx host;
    private static Vertx stranger;
    private static Source desk;
    private static Source file;
    private static String deployedFile;

    /** Puts the very bytes on the wire, under the name of a codec of ours. */
    private record RawCodec(String name) implements MessageCodec<Buffer, Buffer> {
        @Override
        public void encodeToWire(Buffer buffer, Buffer bytes) {
            buffer.appendBuffer(bytes);
        }

        @Override
        public Buffer decodeFromWire(int pos, Buffer buffer) {
            return buffer;
        }

        @Override
        public Buffer transform(Buffer bytes) {
            return bytes;
        }

        @Override
        public byte systemCodecID() {
            return -1;
        }
    }

    @BeforeAll
    static void start() {
        var cluster = "fuzz-" + UUID.randomUUID();
        host = ClusteredVertx.join(cluster);
        stranger = ClusteredVertx.join(cluster);
        for (var codec : List.of("postbus.batch", "postbus.ack", "postbus.followed")) {
            stranger.eventBus().unregisterCodec(codec).registerCodec(new RawCodec(codec));
        }
        stranger.eventBus().registerCodec(new RawCodec("nobody-knows"));
        var database = ScratchDatabase.create();
        desk = new Source(host, database, "desk");
        file = new Source(host, database, "file");
        desk.ddl("create table note (key text, n int)");
        file.ddl("create table kept (key text, n int)");
        for (var source : List.of(desk, file)) {
            host.deployVerticle(new Relay(source.name(), source.options(), source.pool(), RelayOptions.DEFAULT))
                    .await();
            host.deployVerticle(new MessageDoor(source.name(), source.pool())).await();
        }
        host.deployVerticle(new Desk()).await();
        deployedFile = host.deployVerticle(new File()).await();
    }

    @AfterAll
    static void stop() {
        stranger.close().await();
        host.close().await();
    }

    private static ServiceContext context(Source source) {
        return new ServiceContext(
                source.name(),
                source.pool(),
                Clock.systemUTC(),
                Source.MESSAGE_BYTES_MAX,
                Duration.ofMillis(300),
                postbus.messaging.subscription.Parking.DEFAULT,
                ServiceContext.REPLY_RETENTION);
    }

    private static final class Desk extends ServiceVerticle {
        Desk() {
            super(context(desk));
        }

        @Override
        protected void wire(Subscriptions on) {
            on.request(TakeNote.class, (command, tx) -> {
                tx.execute("insert into note values ($1, $2)", command.key(), command.n());
                return new Count(1);
            });
            on.query(
                    CountNotes.class,
                    (query, sql) -> new Count(sql.execute("select from note").size()));
        }
    }

    private static final class File extends ServiceVerticle {
        File() {
            super(context(file));
        }

        @Override
        protected void wire(Subscriptions on) {
            on.event(
                    Noted.class, (event, tx) -> tx.execute("insert into kept values ($1, $2)", event.key(), event.n()));
            on.command(Keep.class, (command, tx) -> {});
        }
    }

    @Test
    void what_nobody_can_read_changes_nothing_is_told_in_a_line_and_what_can_be_read_goes_on() {
        publishGood("before-");
        await(() -> kept("before-") == GOOD);
        var random = new Random(SEED);
        try (var log = LogLines.of("postbus");
                var busLog = LogLines.of("io.vertx")) {
            for (int i = 0; i < MESSAGES; i++) {
                sendAnything(random);
            }
            publishGood("after-");
            await(() -> kept("after-") == GOOD);

            var answer = new ServiceClient(stranger, Duration.ofSeconds(20))
                    .ask(new CountNotes("a"), Count.class, RequestHeaders.fresh())
                    .await();
            assertThat(answer.count()).as("seed %d", SEED).isZero();
            assertThat(file.sql().execute("select from kept").size())
                    .as("seed %d", SEED)
                    .isEqualTo(2 * GOOD);
            assertThat(file.sql().execute("select from parked_message").size()).isZero();
            assertThat(log.beginningWith("ERROR")).as("seed %d", SEED).isEmpty();
            assertThat(busLog.beginningWith("ERROR")).as("seed %d", SEED).isEmpty();
            assertThat(log.beginningWith("WARN message.unreadable")).isNotEmpty();
            host.undeploy(deployedFile).await(); // nothing counts as in hand that is not
        }
    }

    private static void publishGood(String prefix) {
        desk.transactions().run(Cause.none(), tx -> {
            for (int n = 0; n < GOOD; n++) {
                tx.publish(new Noted(prefix + n, n));
            }
        });
    }

    private static int kept(String prefix) {
        return file.sql()
                .execute("select from kept where starts_with(key, $1)", prefix)
                .size();
    }

    // What a stranger sends

    private static final List<String> ADDRESSES = List.of(
            Addresses.RELAY_HELLO,
            Addresses.RELAY_CALL,
            Addresses.wake("desk"),
            Addresses.announce("desk"),
            Addresses.follow("desk"),
            Addresses.deliver("file"),
            Addresses.request("desk.take-note.v1"),
            Addresses.request("desk.count-notes.v1"),
            Addresses.deadLetters("file", DeadLetterRequest.Find.OPERATION),
            Addresses.deadLetters("file", DeadLetterRequest.Decide.OPERATION),
            Addresses.deadLetters("file", DeadLetterRequest.DecideAll.OPERATION),
            Addresses.flow("file", FlowRequest.Pause.OPERATION),
            Addresses.flow("file", FlowRequest.Replay.OPERATION),
            Addresses.messages("desk", MessageRequest.Find.OPERATION),
            Addresses.messages("desk", MessageRequest.Correlated.OPERATION));

    private static void sendAnything(Random random) {
        var address = ADDRESSES.get(random.nextInt(ADDRESSES.size()));
        var options = new DeliveryOptions().setSendTimeout(5_000);
        if (random.nextInt(4) == 0) {
            options.addHeader("correlation-id", odd(random)).addHeader("idempotency-key", odd(random));
            options.addHeader("traceparent", odd(random));
        }
        var body = body(random, options);
        switch (random.nextInt(3)) {
            case 0 -> stranger.eventBus().send(address, body, options);
            case 1 -> stranger.eventBus().publish(address, body, options);
            default -> stranger.eventBus().request(address, body, options);
        }
    }

    private static Object body(Random random, DeliveryOptions options) {
        return switch (random.nextInt(12)) {
            case 0 -> null;
            case 1 -> odd(random);
            case 2 -> random.nextInt();
            case 3 -> new JsonArray().add(odd(random)).addNull();
            case 4 -> new JsonObject().put(odd(random), odd(random));
            case 5 -> hello(random);
            case 6 -> announcement(random);
            case 7 -> new JsonObject().put("after", random.nextBoolean() ? odd(random) : random.nextLong());
            case 8 -> bytes(random);
            case 9 -> Buffer.buffer("{\"" + odd(random) + "\":[[[[1e999]]]]");
            case 10 -> {
                options.setCodecName(List.of("postbus.batch", "postbus.ack", "postbus.followed")
                        .get(random.nextInt(3)));
                yield random.nextBoolean() ? bytes(random) : lying(random);
            }
            default -> {
                options.setCodecName("postbus.batch");
                yield lying(random);
            }
        };
    }

    /** Announced under names of our own, or in a form that nobody can take: a good one would be obeyed. */
    private static JsonObject announcement(Random random) {
        return new JsonObject()
                .put("subscription", random.nextBoolean() ? odd(random) : null)
                .put("commandsFor", random.nextBoolean() ? 5 : odd(random))
                .put(
                        "eventTypes",
                        random.nextBoolean() ? new JsonArray().addNull().add(5) : odd(random))
                .put("cursors", new JsonArray().add(odd(random)).addNull().add(-1));
    }

    private static JsonObject hello(Random random) {
        return new JsonObject()
                .put("source", random.nextBoolean() ? "desk" : null)
                .put("term", random.nextInt())
                .put("heads", random.nextBoolean() ? new JsonArray().addNull() : odd(random))
                .put("pruned", random.nextBoolean() ? new JsonObject() : null);
    }

    /** Begins as a batch does, with lengths that lie. */
    private static Buffer lying(Random random) {
        var buffer = Buffer.buffer().appendByte((byte) (random.nextInt(5) == 0 ? random.nextInt() : 1));
        for (int i = random.nextInt(30); i > 0; i--) {
            switch (random.nextInt(5)) {
                case 0 -> buffer.appendInt(4).appendString("file");
                case 1 -> buffer.appendInt(4).appendString("desk");
                case 2 ->
                    buffer.appendInt(List.of(-1, -2, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 30, 5)
                            .get(random.nextInt(6)));
                case 3 -> buffer.appendLong(random.nextLong());
                default -> buffer.appendByte((byte) random.nextInt());
            }
        }
        return buffer;
    }

    private static Buffer bytes(Random random) {
        var bytes = new byte[random.nextInt(2_000)];
        random.nextBytes(bytes);
        return Buffer.buffer(bytes);
    }

    private static String odd(Random random) {
        return List.of(
                        "",
                        "\0",
                        "a\r\nb",
                        "'; drop table outbox; --",
                        "x".repeat(10_000),
                        "\ud83d\ude00",
                        "-1",
                        "null",
                        "{}")
                .get(random.nextInt(9));
    }

    private static void await(Supplier<Boolean> condition) {
        while (!condition.get()) { // bounded by the timeout of the test
            host.timer(10, TimeUnit.MILLISECONDS).await();
        }
    }
}
