package postbus.bench.peers;

import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.format.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import postbus.bench.subject.Order;
import postbus.bench.subject.Subject;
import postbus.bench.subject.Tables;

/**
 * The embedded engine reads the outbox from the log, through the outbox event router, and hands over batches. A batch is
 * acknowledged when its effects are committed: one by one on a pool of threads, or all in one transaction. What a crash
 * leaves unacknowledged comes again.
 */
final class Debezium implements Subject {
    private static final String TABLE = """
            create table outbox (
                id            uuid primary key,
                aggregatetype text not null,
                aggregateid   text not null,
                type          text not null,
                payload       text not null
            );
            create publication bench for table outbox
            """;

    private static final String APPEND = """
            insert into outbox (id, aggregatetype, aggregateid, type, payload) values (?, 'order', ?, 'order-taken', ?)
            """;

    /** The log has it, so the row can go: what Debezium's own outbox extension does unless told otherwise. */
    private static final String DELETE = """
            delete from outbox where id = ?
            """;

    private static final String STREAMING = """
            select count(*) from pg_stat_replication join pg_replication_slots on active_pid = pid
             where state = 'streaming' and database = current_database()
            """;

    /** Between two looks whether the engine reads the log. */
    private static final int LOOK_MS = 50;
    /** A minute of them. */
    private static final int LOOKS_MAX = 1_200;

    private final Site site;
    private final Effects effects;
    private final ExecutorService handlers = Executors.newFixedThreadPool(Site.HANDLERS);
    private volatile boolean isEnded;

    /** In what transactions effects are made. */
    enum Effects {
        ONE_EACH,
        BATCHED
    }

    Debezium(Site site, Effects effects) {
        this.site = site;
        this.effects = effects;
    }

    @Override
    public String version() {
        return Site.version(DebeziumEngine.class);
    }

    @Override
    public Map<String, String> settings() {
        var settings = site.settings();
        settings.put(
                "effects",
                switch (effects) {
                    case ONE_EACH -> "a transaction each, the batch acknowledged when all are done";
                    case BATCHED -> "one transaction for each batch, on one thread";
                });
        settings.put("engine", "embedded, pgoutput, outbox event router, JSON");
        settings.put("outbox row", "inserted and deleted by the producer");
        tuning().forEach(settings::put);
        settings.put("offset.storage", "file");
        return settings;
    }

    private static Map<String, String> tuning() {
        var tuning = new LinkedHashMap<String, String>();
        tuning.put("poll.interval.ms", "1");
        tuning.put("max.batch.size", "2048");
        tuning.put("max.queue.size", "16384");
        tuning.put("offset.flush.interval.ms", "1000");
        return tuning;
    }

    @Override
    public void open() throws SQLException {
        site.tables().create();
        site.tables().execute(TABLE);
    }

    @Override
    public void take(Order order, boolean isTold) throws SQLException {
        try (var connection = site.pool().getConnection()) {
            connection.setAutoCommit(false);
            Tables.insert(connection, order);
            if (isTold) {
                try (var append = connection.prepareStatement(APPEND);
                        var delete = connection.prepareStatement(DELETE)) {
                    append.setObject(1, order.messageId());
                    append.setString(2, order.orderId().toString());
                    append.setString(3, Site.json(order));
                    append.executeUpdate();
                    delete.setObject(1, order.messageId());
                    delete.executeUpdate();
                }
            }
            connection.commit();
            site.watch().committed(order);
        }
    }

    /** The log is read from here on. */
    @Override
    public void deliver() throws SQLException, IOException, InterruptedException {
        var engine = DebeziumEngine.create(Json.class)
                .using(properties())
                .notifying(this::handle)
                .using((boolean isRight, String message, Throwable error) -> isEnded = true)
                .build();
        Thread.ofPlatform().daemon().start(engine);
        for (int looks = 0; site.tables().number(STREAMING) == 0; looks++) {
            if (isEnded || looks == LOOKS_MAX) {
                throw new IllegalStateException("the engine does not read the log, see its own");
            }
            Thread.sleep(LOOK_MS); // the engine tells nobody
        }
    }

    private Properties properties() throws IOException {
        var database = URI.create(site.url().substring("jdbc:".length()));
        var properties = new Properties();
        properties.putAll(tuning());
        properties.setProperty("name", "bench");
        properties.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        properties.setProperty("topic.prefix", "bench");
        properties.setProperty("database.hostname", database.getHost());
        properties.setProperty("database.port", String.valueOf(database.getPort()));
        properties.setProperty("database.dbname", database.getPath().substring(1));
        for (var parameter : database.getQuery().split("&", -1)) {
            var parts = parameter.split("=", 2);
            properties.setProperty("database." + parts[0], parts[1]);
        }
        properties.setProperty("plugin.name", "pgoutput");
        // One server has one name once, whatever the database
        properties.setProperty("slot.name", "bench_" + ProcessHandle.current().pid());
        properties.setProperty("publication.name", "bench");
        properties.setProperty("publication.autocreate.mode", "disabled");
        properties.setProperty("table.include.list", "public.outbox");
        properties.setProperty("snapshot.mode", "no_data");
        properties.setProperty("tombstones.on.delete", "false");
        properties.setProperty("offset.storage", "org.apache.kafka.connect.storage.FileOffsetBackingStore");
        properties.setProperty(
                "offset.storage.file.filename",
                Files.createTempFile("bench-offsets", "").toString());
        properties.setProperty("key.converter.schemas.enable", "false");
        properties.setProperty("value.converter.schemas.enable", "false");
        properties.setProperty("transforms", "outbox");
        properties.setProperty("transforms.outbox.type", "io.debezium.transforms.outbox.EventRouter");
        return properties;
    }

    private void handle(
            List<ChangeEvent<String, String>> events,
            DebeziumEngine.RecordCommitter<ChangeEvent<String, String>> committer)
            throws InterruptedException {
        var orders = events.stream()
                .map(event -> Site.order(Site.text(event.value())))
                .toList();
        try {
            switch (effects) {
                case ONE_EACH -> oneEach(orders);
                case BATCHED -> batched(orders);
            }
        } catch (SQLException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
        for (var event : events) {
            committer.markProcessed(event);
        }
        committer.markBatchFinished();
    }

    private void oneEach(List<Order> orders) throws InterruptedException, ExecutionException {
        var running = new ArrayList<Future<?>>(orders.size());
        for (var order : orders) {
            running.add(handlers.submit(() -> {
                site.handle(order);
                return null;
            }));
        }
        for (var one : running) {
            one.get();
        }
    }

    private void batched(List<Order> orders) throws SQLException {
        orders.forEach(site.watch()::handled);
        try (var connection = site.pool().getConnection()) {
            connection.setAutoCommit(false);
            Tables.handle(connection, orders);
            connection.commit();
        }
    }
}
