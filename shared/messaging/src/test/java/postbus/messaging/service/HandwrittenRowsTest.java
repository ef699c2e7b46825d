package postbus.messaging.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.LogLines;
import postbus.messaging.MessageJson;
import postbus.messaging.Notes.Keep;
import postbus.messaging.Notes.Noted;
import postbus.messaging.Source;
import postbus.messaging.relay.Relay;
import postbus.messaging.relay.RelayOptions;
import postbus.messaging.subscription.Parking;
import postbus.messaging.transaction.Backoff;
import postbus.messaging.transaction.Cause;
import postbus.messaging.wire.Wire;
import postbus.postgres.ScratchDatabase;

/** What somebody writes into an outbox by hand: refused by Postgres, or parked with a reason, and the lanes go on. */
@Timeout(60)
class HandwrittenRowsTest {
    private static final long SEED = Long.getLong("postbus.seed", System.nanoTime());
    private static final String NOTED = "desk.noted.v1";
    private static final String KEEP = "file.keep.v1";
    private static final int LANES = 8;

    /** What is parked is not tried again while this looks on. */
    private static final Parking PARKING = new Parking(
            10_000,
            2,
            new Backoff(Duration.ofMinutes(5), Duration.ofMinutes(5)),
            Duration.ofDays(1),
            2,
            Duration.ofMillis(100));

    private static Vertx vertx;
    private static Source desk;
    private static Source file;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        Wire.register(vertx);
        var database = ScratchDatabase.create();
        desk = new Source(vertx, database, "desk");
        file = new Source(vertx, database, "file");
        file.ddl("create table kept (key text, n int)");
        for (var source : List.of(desk, file)) {
            vertx.deployVerticle(new Relay(source.name(), source.options(), source.pool(), RelayOptions.DEFAULT))
                    .await();
        }
        vertx.deployVerticle(new File()).await();
    }

    @AfterAll
    static void stop() {
        vertx.close().await();
    }

    private static final class File extends ServiceVerticle {
        File() {
            super(new ServiceContext(
                    "file",
                    file.pool(),
                    Clock.systemUTC(),
                    Source.MESSAGE_BYTES_MAX,
                    Duration.ofMillis(300),
                    PARKING,
                    ServiceContext.REPLY_RETENTION));
        }

        @Override
        protected void wire(Subscriptions on) {
            on.event(
                    Noted.class, (event, tx) -> tx.execute("insert into kept values ($1, $2)", event.key(), event.n()));
            on.command(Keep.class, (command, tx) -> {});
        }
    }

    /** One row, as somebody writes it. */
    private static final class Row {
        String key = "k-" + UUID.randomUUID();
        String type = NOTED;
        String recipient;
        String time = "2026-11-24T10:00:00Z";
        String traceparent;
        Buffer data = MessageJson.write(new Noted("by hand", 1));

        void insert() {
            desk.pool()
                    .preparedQuery("""
                            insert into outbox (message_id, type, key, recipient, time, correlation_id, traceparent, data)
                            values ($1, $2, $3, $4, cast($5::text as timestamptz), $1, $6, $7)
                            """)
                    .execute(Tuple.of(UUID.randomUUID(), type, key, recipient, time, traceparent, data))
                    .await();
        }
    }

    @Test
    void a_key_that_is_empty_blank_or_too_long_and_a_time_without_end_are_refused() {
        for (var key : List.of("", " ", "\r\n", "x".repeat(256), "x".repeat(4_000))) {
            var row = new Row();
            row.key = key;
            requireRefused(row);
        }
        for (var time : List.of("infinity", "-infinity")) {
            var row = new Row();
            row.time = time;
            requireRefused(row);
        }
    }

    private static void requireRefused(Row row) {
        assertThatThrownBy(row::insert).isInstanceOf(PgException.class).hasMessageContaining("check constraint");
    }

    @Test
    void what_cannot_be_read_is_parked_with_a_reason_and_every_lane_goes_on() {
        var random = new Random(SEED);
        var reasons = new LinkedHashMap<String, String>();
        try (var log = LogLines.of("postbus")) {
            bodies(random).forEach(body -> {
                var row = new Row();
                row.data = body;
                row.insert();
                reasons.put(row.key, "unreadable");
            });
            for (var type : List.of(
                    "",
                    "x".repeat(10_000),
                    "x",
                    "file.keep",
                    "FILE.KEEP.V1",
                    "file.keep.v0",
                    "file.keep.v99999999999",
                    "%",
                    "'")) {
                var row = new Row();
                row.type = type;
                row.recipient = "file";
                row.insert();
                reasons.put(row.key, "unknown-type");
            }
            var goodKeys = odd();
            var times = List.of("4713-01-01 00:00:00Z BC", "1969-12-31T23:59:59Z", "294276-12-31 23:59:59Z");
            goodKeys.forEach(key -> {
                var row = new Row();
                row.key = key;
                row.time = times.get(random.nextInt(1 << 10) % times.size());
                row.traceparent = key;
                row.data = MessageJson.write(new Noted(key, 7));
                row.insert();
            });
            var last = "last-" + UUID.randomUUID();
            desk.transactions().run(Cause.none(), tx -> {
                for (int n = 0; n < 20 * LANES; n++) {
                    tx.publish(new Noted(last + n, n));
                }
            });

            await(() -> kept(last) == 20 * LANES);
            await(() -> parked().size() >= reasons.size());
            assertThat(parked()).as("seed %d", SEED).isEqualTo(reasons);
            goodKeys.forEach(key -> assertThat(
                            file.sql().list("select n from kept where key = $1", row -> row.getInteger("n"), key))
                    .as(key)
                    .containsExactly(7));
            assertThat(log.beginningWith("ERROR")).isEmpty();
        }
    }

    private static List<Buffer> bodies(Random random) {
        var bodies = new ArrayList<Buffer>();
        for (var text : List.of(
                "",
                " ",
                "nonsense",
                "null",
                "[]",
                "5",
                "\"text\"",
                "{}",
                "{\"key\":null,\"n\":1}",
                "{\"key\":\"a\"}",
                "{\"key\":\"a\",\"n\":\"one\"}",
                "{\"key\":\"a\",\"n\":9223372036854775808}",
                "{\"key\":\"a\",\"n\":1e999999999}",
                "{\"key\":[\"a\"],\"n\":1}",
                "{\"key\":\"a\",\"n\":1",
                "[".repeat(100_000),
                "{\"n\":" + "9".repeat(100_000) + "}",
                "x".repeat(2_000_000))) {
            bodies.add(Buffer.buffer(text));
        }
        bodies.add(Buffer.buffer("{\"key\":\"").appendBytes(new byte[] {(byte) 0xc0, (byte) 0xaf, '"', '}'}));
        for (int i = 0; i < 20; i++) {
            var bytes = new byte[1 + random.nextInt(200)];
            random.nextBytes(bytes);
            bytes[0] = (byte) 0xff; // surely no JSON
            bodies.add(Buffer.buffer(bytes));
        }
        return bodies;
    }

    /** Keys that are odd, but keys. */
    private static List<String> odd() {
        return List.of(
                "\u2003",
                "a\r\nb",
                "'; drop table outbox; --",
                "%",
                "\\",
                "\u202eabc",
                "\ud83d\udc69\u200d\ud83d\udc67",
                "x".repeat(255),
                "\ud83d\ude00".repeat(255));
    }

    private static int kept(String prefix) {
        return file.sql()
                .list("select key from kept where starts_with(key, $1)", row -> row.getString("key"), prefix)
                .size();
    }

    private static void await(Supplier<Boolean> condition) {
        while (!condition.get()) { // bounded by the timeout of the test
            vertx.timer(10, TimeUnit.MILLISECONDS).await();
        }
    }

    private static Map<String, String> parked() {
        var reasons = new HashMap<String, String>();
        file.sql()
                .execute("select key, reason from parked_message")
                .forEach(row -> reasons.put(row.getString("key"), row.getString("reason")));
        return reasons;
    }
}
