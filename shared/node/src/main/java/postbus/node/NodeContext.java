package postbus.node;

import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.sqlclient.Pool;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import postbus.messaging.Observer;
import postbus.messaging.Shards;
import postbus.messaging.relay.Relay;
import postbus.messaging.service.ServiceContext;
import postbus.messaging.subscription.Parking;
import postbus.messaging.transaction.Backoff;

/** What a node gives to a service while making its verticle. What it hands out, the node closes. */
public final class NodeContext {
    private final String name;
    private final Shards shards;
    private final Node node;
    private final Settings settings;

    NodeContext(NodeService service, Node node, Settings settings) {
        this.name = service.hasSchema() ? Sharding.source(settings, service.name()) : service.name();
        this.shards = Sharding.rules(settings);
        this.node = node;
        this.settings = settings;
    }

    /** Of the service; of its shard where it is one. */
    public String name() {
        return name;
    }

    /** Which services are split. */
    public Shards shards() {
        return shards;
    }

    public Vertx vertx() {
        return node.vertx();
    }

    public Settings settings() {
        return settings;
    }

    /** Where the schemas are; asking without {@code DATABASE_URL} is a {@link SettingException}. */
    public Database database() {
        return Database.of(settings);
    }

    /**
     * A small pool with these options, for a service that needs another than {@link #service} has.
     *
     * @param name for its measures
     */
    public Pool pool(String name, io.vertx.pgclient.PgConnectOptions options, int size) {
        return node.owned(database().pool(vertx(), name, options, size), name, size, database());
    }

    /** What a {@link postbus.messaging.service.ServiceVerticle} runs on, with a pool on its schema. */
    public ServiceContext service() {
        return new ServiceContext(
                name,
                node.owned(database().pool(vertx(), name), name, database().poolSize(), database()),
                Clock.systemUTC(),
                settings.integer("MESSAGE_BYTES_MAX", ServiceContext.MESSAGE_BYTES_MAX, 1, 64 << 20),
                settings.duration(
                        "ANNOUNCE_EVERY", ServiceContext.ANNOUNCE_EVERY, Duration.ofMillis(100), Duration.ofMinutes(1)),
                parking(),
                settings.duration(
                        "REPLY_RETENTION",
                        ServiceContext.REPLY_RETENTION,
                        Duration.ofMinutes(1),
                        Duration.ofDays(3650)),
                node.observer(),
                shards);
    }

    private Parking parking() {
        var defaults = Parking.DEFAULT;
        var second = Duration.ofSeconds(1);
        return new Parking(
                settings.integer("PARKED_MAX", defaults.parkedMax(), 1, 100_000),
                settings.integer("RETRY_ATTEMPTS_MAX", defaults.attemptsMax(), 1, 1_000),
                new Backoff(
                        second,
                        settings.duration(
                                "RETRY_BACKOFF_MAX", defaults.backoff().max(), second, Duration.ofDays(1))),
                settings.duration("POSTPONED_MAX", defaults.postponedMax(), Duration.ofMinutes(1), Duration.ofDays(30)),
                settings.integer("RETRIES_MAX", defaults.retriesMax(), 1, 64),
                defaults.lookEvery());
    }

    /** Counts what becomes of messages on this node; {@link #service} has it already. */
    public Observer observer() {
        return node.observer();
    }

    /** Tells, from now on, what these relays know, in metrics and in what the node reports to others. */
    public void report(List<Relay> relays) {
        relays.forEach(node::report);
    }

    /**
     * Gauges of one name, read anew whenever the metrics are.
     *
     * @param name dotted, without the unit
     * @param labels names of what tells the readings apart
     * @param readings from any thread; beyond {@value Gauges#READINGS_MAX} the rest is left out
     */
    public void gauges(
            String name, String unit, String description, List<String> labels, Supplier<List<Reading>> readings) {
        node.gauges().add(name, unit, description, labels, readings);
    }

    /** @param labelValues in the order of the labels */
    public record Reading(List<String> labelValues, double value) {
        public Reading {
            labelValues = List.copyOf(labelValues);
        }
    }

    /** To be told by a service that opens the node's HTTP port itself: where it listens. */
    public void listensOn(int httpPort) {
        node.listensOn(httpPort);
    }

    /** Whether the node drains: it still answers, but who asks again had better ask another. From any thread. */
    public boolean isEnding() {
        return node.isEnding();
    }

    /** Routes {@code /health/live}, {@code /health/started}, {@code /health/ready} and {@code /metrics} of this node. */
    public Router opsRoutes() {
        return node.opsRoutes();
    }
}
