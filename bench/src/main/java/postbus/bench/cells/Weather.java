package postbus.bench.cells;

import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLongArray;
import org.HdrHistogram.Histogram;
import postbus.bench.Arguments;
import postbus.bench.subject.Producers;
import postbus.bench.work.OrderTaken;
import postbus.bench.work.Server;
import postbus.messaging.relay.RelayOptions;
import postbus.node.Node;

/**
 * What goes on around live messages, and what it costs them.
 *
 * @param rounds in which all take turns, after one that warms up, 1 to 100
 * @param backlog messages of the subscription that is away, 1 to 100,000,000
 * @param messages of a throughput measurement, 100 to 1,000,000
 * @param seconds at 100/s, 1 to 3,600
 * @param heldS seconds at 100/s that a transaction is open before anything is measured, 0 to 3,600
 * @param producers who commit at the same time, 1 to 100
 */
record Weather(int rounds, int backlog, int messages, int seconds, int heldS, int producers) implements Cell {
    static final String USAGE = """
            weather: messages/s, and commit to handler at 100/s, in fair weather and while there is a backlog of a subscription
            that is away, an open write transaction, one in a neighbour database, four open repeatable-read readers.
              --rounds N       in which all take turns, after one more      (default 3)
              --backlog N      messages of the subscription that is away    (default 1000000)
              --messages N     of a throughput measurement                  (default 10000)
              --seconds N      at 100/s                                      (default 10)
              --held N         seconds at 100/s that a transaction is open before it is measured (default 0)
              --producers N    who commit at the same time                  (default 16)
            """;

    private static final int RATE = 100;
    private static final int CONNECTIONS = 8;
    private static final int READERS = 4;
    /** How many variants one database is measured for in a round. */
    private static final int SHARES_MAX = 4;

    static Weather parse(Arguments given) {
        return new Weather(
                given.number("rounds", 3, 100),
                given.number("backlog", 1_000_000, 100_000_000),
                given.number("messages", 10_000, 1_000_000),
                given.number("seconds", 10, 3_600),
                (int) given.number("held", 0, 0, 3_600),
                given.number("producers", 16, 100));
    }

    @Override
    public Results measure() throws Exception {
        // Two that sell, each on a bus of its own: on one they would take each other's messages
        try (var server = new Server();
                var nearNode = Node.alone();
                var farNode = Node.alone()) {
            var neighbour = Server.databaseUrl(server.create("neighbour"));
            run(nearNode.vertx(), neighbour, List.of("create table other (n integer)"));
            try (var near = source(nearNode.vertx(), Server.databaseUrl(server.create("fair")));
                    var far = source(farNode.vertx(), Server.databaseUrl(server.create("backlog")))) {
                leaveBacklog(farNode.vertx(), far);
                try (var fair = new Live(nearNode.vertx(), near);
                        var behind = new Live(farNode.vertx(), far)) {
                    turns(nearNode.vertx(), fair, behind, neighbour, 0).warmUp();
                    return turns(nearNode.vertx(), fair, behind, neighbour, heldS)
                            .take(rounds);
                }
            }
        }
    }

    private Source source(Vertx vertx, String url) {
        var source = new Source(vertx, url, producers);
        source.startRelay(RelayOptions.DEFAULT);
        return source;
    }

    private Turns turns(Vertx vertx, Live fair, Live behind, String neighbour, int heldS) {
        var url = fair.source.url();
        var write = "insert into sales.orders (id, customer, amount, created) values (gen_random_uuid(), 1, 1, now())";
        var read = "select count(*) from sales.orders";
        return new Turns()
                .add("fair weather", fair::measure)
                .add("a backlog of %,d".formatted(backlog), behind::measure)
                .add("an open write transaction", () -> during(vertx, url, 1, "begin", write, heldS, fair))
                .add(
                        "one in a neighbour database",
                        () -> during(vertx, neighbour, 1, "begin", "insert into other values (1)", heldS, fair))
                .add(
                        "four repeatable-read readers",
                        () -> during(vertx, url, READERS, "begin isolation level repeatable read", read, heldS, fair));
    }

    private static Map<String, Double> during(
            Vertx vertx, String url, int count, String begin, String statement, int heldS, Live live) throws Exception {
        try (var open = new Open(vertx, url)) {
            open.begin(count, begin, statement);
            live.goOn(heldS);
            return live.measure();
        }
    }

    /** Of a subscription that was there, and will not be again. */
    private void leaveBacklog(Vertx vertx, Source source) {
        try (var away = new Handled(vertx, source.url(), "away", 1)) {
            away.start(vertx, 1, false, Handled.NOTHING);
            away.awaitRegistered(source);
        }
        System.out.printf("writing a backlog of %,d%n", backlog);
        source.writeBacklog(0, backlog);
        source.awaitCut(backlog);
        source.analyze();
    }

    private static void run(Vertx vertx, String url, List<String> statements) {
        var connection =
                PgConnection.connect(vertx, PgConnectOptions.fromUri(url)).await();
        statements.forEach(statement -> connection.query(statement).execute().await());
        connection.close().await();
    }

    /** Transactions that have done something and stay open. */
    private static final class Open implements AutoCloseable {
        private final List<PgConnection> connections = new ArrayList<>();

        private final Vertx vertx;
        private final String url;

        Open(Vertx vertx, String url) {
            this.vertx = vertx;
            this.url = url;
        }

        void begin(int count, String begin, String statement) {
            for (int i = 0; i < count; i++) {
                var connection = PgConnection.connect(vertx, PgConnectOptions.fromUri(url))
                        .await();
                connections.add(connection);
                connection.query(begin).execute().await();
                connection.query(statement).execute().await();
            }
        }

        @Override
        public void close() {
            connections.forEach(connection -> {
                connection.query("rollback").execute().await();
                connection.close().await();
            });
        }
    }

    /** Producers, relay and a live subscription on one database, measured again and again. */
    private final class Live implements AutoCloseable {
        private final Source source;
        private final Handled handled;
        private final AtomicLongArray committedAt;
        private int numbers;

        Live(Vertx vertx, Source source) {
            this.source = source;
            int capacity = (rounds + 1) * SHARES_MAX * (messages + RATE * (heldS + seconds));
            committedAt = new AtomicLongArray(capacity);
            handled = new Handled(vertx, source.url(), "live", capacity);
            handled.start(vertx, CONNECTIONS, true, Handled.INSERT);
            handled.awaitRegistered(source);
        }

        Map<String, Double> measure() throws Exception {
            int first = numbers;
            new Producers(producers, Executors::newVirtualThreadPerTaskExecutor).each(first, messages, this::take);
            numbers += messages;
            long end = handled.awaitEffects(numbers);
            long begin = Long.MAX_VALUE;
            for (int number = first; number < numbers; number++) {
                begin = Math.min(begin, committedAt.get(number));
            }
            var figures = new LinkedHashMap<String, Double>();
            figures.put("messages/s", messages * 1e9 / (end - begin));
            latency(figures);
            return figures;
        }

        private void latency(Map<String, Double> figures) throws Exception {
            int first = numbers;
            goOn(seconds);
            var micros = new Histogram(3);
            for (int number = first; number < numbers; number++) {
                micros.recordValue(Math.max(0, handled.at(number) - committedAt.get(number)) / 1_000);
            }
            figures.put("p50 ms at 100/s", micros.getValueAtPercentile(50) / 1e3);
            figures.put("p99 ms at 100/s", micros.getValueAtPercentile(99) / 1e3);
        }

        /** At 100/s, until all is handled. */
        void goOn(int seconds) throws Exception {
            int count = RATE * seconds;
            new Producers(producers, Executors::newVirtualThreadPerTaskExecutor)
                    .atRate(RATE, numbers, count, this::take);
            numbers += count;
            handled.awaitEffects(numbers);
        }

        private void take(int number) {
            source.take(OrderTaken.of(number), () -> committedAt.set(number, System.nanoTime()));
        }

        @Override
        public void close() {
            handled.close();
        }
    }
}
