package postbus.messaging.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgConnection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import postbus.messaging.Envelope;
import postbus.messaging.Source;
import postbus.messaging.ledger.Ledger;
import postbus.messaging.outbox.Outbox;
import postbus.messaging.relay.Relay;
import postbus.messaging.simulation.model.Database;
import postbus.messaging.simulation.model.Mutation;
import postbus.messaging.simulation.model.OutboxAndLedger;
import postbus.messaging.simulation.model.Steps;
import postbus.messaging.simulation.model.Tx;
import postbus.postgres.ScratchDatabase;

/**
 * The simulation is worth what its model of Postgres is worth. Here the same random histories of transactions and cuts
 * run on both, and after each cut both must have given the same positions to the same messages, and read the same.
 *
 * <p>{@code -Dsimulation.seed=…} sets the seed of the first history.
 */
class ModelTest {
    private static final int HISTORIES = 25;
    private static final int EVENTS = 60;
    private static final int WRITERS = 4;
    private static final int LANES = 8;
    private static final int BYTES_MAX = 1_000_000;
    private static final Ledger.Filter NOTED = new Ledger.Filter(null, Set.of("desk.noted.v1"));

    private static Vertx vertx;
    private static Source desk;
    private static final List<Writer> writers = new ArrayList<>();
    private static PgConnection relay;

    /** A session, and the transaction it has open in the model. */
    private static final class Writer {
        private final PgConnection session = desk.connect();
        private @Nullable Tx tx;
    }

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        desk = new Source(vertx, ScratchDatabase.create(), "desk");
        for (int i = 0; i < WRITERS; i++) {
            writers.add(new Writer());
        }
        relay = PgConnection.connect(vertx, Relay.readerOptions(desk.options())).await();
    }

    @AfterAll
    static void stop() {
        vertx.close().await();
    }

    @Test
    void the_model_and_postgres_give_the_same_positions() {
        long first = Long.getLong("simulation.seed", System.nanoTime());
        System.out.println("model: first seed " + first);
        int cut = 0;
        for (long seed = first; seed < first + HISTORIES; seed++) {
            cut += new History(seed).run();
        }
        assertThat(cut).as("messages that got a position").isGreaterThan(5 * HISTORIES);
    }

    private static final class History {
        private final long seed;
        private final Random random;
        private final OutboxAndLedger model;
        private final Database database;
        private final Ledger ledger;
        private final int cutMax;
        private int messages;

        History(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.cutMax = random.nextBoolean() ? 1_000 : 1 + random.nextInt(4);
            var steps = new Steps();
            this.database = new Database(steps, committed -> {});
            this.model = new OutboxAndLedger(database, steps, LANES, Mutation.NONE);
            this.ledger = new Ledger("desk", cutMax);
            desk.empty();
        }

        /** Returns how many messages got a position. */
        int run() {
            for (int i = 0; i < EVENTS; i++) {
                var writer = writers.get(random.nextInt(WRITERS));
                switch (random.nextInt(8)) {
                    case 0 -> end(writer, false);
                    case 1, 2 -> end(writer, true);
                    case 3 -> takeId(writer);
                    case 4, 5, 6 -> append(writer);
                    default -> cut();
                }
            }
            writers.forEach(writer -> end(writer, true));
            while (cut().isPartial()) {
                // the rest of it
            }
            return (int) model.heads(database.begin()).position();
        }

        private Tx begun(Writer writer) {
            if (writer.tx == null) {
                writer.session.query("begin").execute().await();
                writer.tx = database.begin();
            }
            return writer.tx;
        }

        private void takeId(Writer writer) {
            begun(writer).xid();
            writer.session.query("select pg_current_xact_id()::text").execute().await();
        }

        private void append(Writer writer) {
            var id = new UUID(0, ++messages);
            var type = random.nextInt(3) == 0 ? "desk.scribbled.v1" : "desk.noted.v1";
            var key = "key-" + random.nextInt(20);
            var message = new Envelope(id, "desk", type, key, Instant.EPOCH, null, id, null, null, Buffer.buffer("1"));
            model.append(begun(writer), List.of(message));
            new Outbox(Source.MESSAGE_BYTES_MAX)
                    .append(writer.session, List.of(message))
                    .await();
        }

        private void end(Writer writer, boolean isCommit) {
            if (writer.tx == null) {
                return;
            }
            if (isCommit) {
                writer.tx.commit();
            } else {
                writer.tx.rollback();
            }
            writer.session.query(isCommit ? "commit" : "rollback").execute().await();
            writer.tx = null;
        }

        private Ledger.Cut cut() {
            var expected = new ArrayList<Ledger.Cut>();
            model.cut(cutMax, expected::add);
            var actual = ledger.cut(relay).await();
            assertThat(expected.get(0)).as("cut of seed %d", seed).isEqualTo(actual);
            assertThat(model.heads(database.begin()))
                    .as("heads of seed %d", seed)
                    .isEqualTo(ledger.heads(relay).await());
            for (int lane = 0; lane < LANES; lane++) {
                long after = random.nextInt(10);
                int countMax = 1 + random.nextInt(10);
                assertThat(model.read(database.begin(), lane, after, NOTED, countMax))
                        .as("lane %d of seed %d", lane, seed)
                        .isEqualTo(ledger.read(relay, lane, after, NOTED, countMax, BYTES_MAX)
                                .await());
            }
            return actual;
        }
    }
}
