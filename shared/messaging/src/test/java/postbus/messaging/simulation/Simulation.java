package postbus.messaging.simulation;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Envelope;
import postbus.messaging.ledger.Ledger;
import postbus.messaging.relay.RelayOptions;
import postbus.messaging.retention.Retention;
import postbus.messaging.simulation.model.Database;
import postbus.messaging.simulation.model.Mutation;
import postbus.messaging.simulation.model.OutboxAndLedger;
import postbus.messaging.simulation.model.Steps;
import postbus.messaging.simulation.model.Table;
import postbus.messaging.simulation.model.Tx;
import postbus.messaging.subscription.SimulatedSchema;
import postbus.messaging.wire.Ack;
import postbus.messaging.wire.Announcement;
import postbus.messaging.wire.Batch;
import postbus.messaging.wire.RelayHello;

/**
 * One run: a source with writers and two relays, two subscriptions of two instances each. First everything may go
 * wrong, then nothing does any more, and within a limit of steps every committed message must have been applied.
 */
final class Simulation {
    static final String SOURCE = "desk";

    /** Once nothing goes wrong any more. */
    static final int CALM_STEPS_MAX = 20_000;

    private static final String NOTED = "desk.noted.v1";
    private static final String SCRIBBLED = "desk.scribbled.v1";
    private static final int KEYS = 4;
    private static final int LANES = 2;
    private static final int WRITERS_MAX = 4;
    private static final int MANY = 100_000;

    private final World world;
    private final Mutation mutation;
    private final Checker checker;
    private final OutboxAndLedger source;
    private final Database sourceDatabase;
    private final Table<String, Integer> counters;
    private final List<RelayNode> relays = new ArrayList<>();
    private final List<SubscriberNode> subscribers = new ArrayList<>();
    private final List<RelayNode.Session> leftSessions = new ArrayList<>();
    private final int cutMax;
    private final int roughSteps;
    private final double writes;
    private final boolean isLockIgnored;
    private int transactions;
    private int messages;
    private int writers;

    /**
     * What came of a run.
     *
     * @param violation what was wrong; null when all held
     */
    record Result(
            long seed, long steps, int messages, @Nullable String violation) {}

    /**
     * Runs one.
     *
     * @param checker what looks whether all is as promised; a new one for each run
     * @param trace told each thing that happens, a line each; null for nobody
     */
    static Result run(
            long seed, Mutation mutation, Checker checker, Coverage coverage, @Nullable Consumer<String> trace) {
        var world = new World(seed, coverage, trace);
        try {
            return new Simulation(world, mutation, checker).run(seed);
        } finally {
            world.end();
        }
    }

    private Simulation(World world, Mutation mutation, Checker checker) {
        this.world = world;
        this.checker = checker;
        this.mutation = mutation;
        var chance = world.chance;
        this.cutMax = chance.below(2) == 0 ? MANY : chance.between(1, 3);
        this.roughSteps = chance.between(300, 1_500);
        this.writes = 0.02 + 0.1 * chance.below(100) / 100;
        this.isLockIgnored = chance.below(3) == 0;
        this.sourceDatabase = new Database(world.steps, checker::committed);
        world.add(sourceDatabase);
        this.source = new OutboxAndLedger(sourceDatabase, world.steps, LANES, mutation);
        this.counters = new Table<>(sourceDatabase, "counter");
        var founder = sourceDatabase.begin();
        for (int key = 0; key < KEYS; key++) {
            counters.insert(founder, key(key), 0);
        }
        founder.commit();
        var options = options(chance.between(1, 4));
        for (int i = 1; i <= 2; i++) {
            var relay = new RelayNode("relay-" + i, world, this, options, mutation);
            relays.add(relay);
            world.add(relay);
        }
        subscribe("audit", new Ledger.Filter(null, Set.of(NOTED, SCRIBBLED)));
        subscribe("mail", new Ledger.Filter(null, Set.of(NOTED)));
    }

    private static RelayOptions options(int batchCountMax) {
        return new RelayOptions(
                Duration.ofMillis(300),
                Duration.ofSeconds(1),
                batchCountMax,
                MANY,
                MANY,
                Duration.ofSeconds(1),
                Duration.ofMillis(50),
                Duration.ofSeconds(1),
                Duration.ofSeconds(3),
                Duration.ofSeconds(3),
                1,
                Retention.Options.DEFAULT);
    }

    private void subscribe(String subscription, Ledger.Filter filter) {
        checker.expect(subscription, filter);
        var database = new Database(world.steps, checker::committed);
        world.add(database);
        var schema = new SimulatedSchema(subscription, database, mutation);
        int parkedMax = world.chance.below(3) == 0 ? world.chance.between(1, 4) : 100;
        for (int i = 1; i <= 2; i++) {
            var node = new SubscriberNode(
                    subscription + "-" + i, world, this, subscription, filter, schema, parkedMax, mutation);
            subscribers.add(node);
            world.add(node);
        }
    }

    private Result run(long seed) {
        var leftOpen = world.chance.below(2) == 0 ? leaveOpen() : null;
        relays.forEach(Node::start);
        subscribers.forEach(Node::start);
        while (world.stepCount() < roughSteps && checker.violation() == null) {
            if (writers < WRITERS_MAX && world.chance.happens(writes)) {
                startWriter();
            }
            if (world.chance.below(30) == 0) {
                leftSessions.forEach(RelayNode.Session::end);
                leftSessions.clear();
            }
            if (world.chance.happens(world.chance.unrest)) {
                endSomeSession();
            }
            if (leaders() > 1) {
                world.coverage.count("relay: steps with two leading");
            }
            world.step();
        }
        world.trace("world", "from now on nothing goes wrong");
        world.calmDown();
        if (isLockIgnored) { // to know what another cut, a relay must have read the heads after that one's last cut
            leftSessions.addAll(relays.stream()
                    .map(RelayNode::session)
                    .filter(session -> session != null)
                    .toList());
        }
        leftSessions.forEach(RelayNode.Session::end);
        awaitAllApplied("while another transaction stays open");
        if (leftOpen != null && checker.violation() == null) {
            world.trace("world", "the transaction that stayed open commits");
            leftOpen.commit();
            awaitAllApplied("after the last transaction");
        }
        return new Result(seed, world.stepCount(), checker.committedCount(), checker.violation());
    }

    private void awaitAllApplied(String when) {
        var limit = world.stepCount() + CALM_STEPS_MAX;
        while (checker.violation() == null && !(writers == 0 && checker.isAllApplied())) {
            if (world.stepCount() == limit) {
                checker.missing(CALM_STEPS_MAX + " steps after anything went wrong, " + when);
                return;
            }
            world.step();
        }
    }

    Checker checker() {
        return checker;
    }

    // Writing

    /** A transaction that changes one or two things and says so, as services do. */
    private void startWriter() {
        int nth = ++transactions;
        writers++;
        world.task(null, "writer " + nth, () -> write(nth), () -> writers--);
    }

    /** A transaction that has its id and a low number in the outbox, and does not end until the others are delivered. */
    private Tx leaveOpen() {
        var tx = sourceDatabase.begin();
        source.append(tx, List.of(message("left-open", NOTED)));
        return tx;
    }

    private void write(int nth) {
        var chance = world.chance;
        var keys = IntStream.range(0, KEYS)
                .filter(key -> chance.below(KEYS) == 0)
                .mapToObj(Simulation::key)
                .toList(); // in one order, so that writers do not wait for each other in a circle
        var tx = sourceDatabase.begin();
        if (chance.below(2) == 0) {
            tx.xid();
            world.steps.before("dawdle with a transaction id");
        }
        if (mutation == Mutation.APPEND_BEFORE_LOCK) {
            append(tx, keys);
            change(tx, keys);
        } else {
            change(tx, keys);
            append(tx, keys);
        }
        world.steps.before("commit");
        if (chance.below(8) == 0) {
            tx.rollback();
        } else {
            tx.commit();
            for (var relay : relays) {
                world.send(relay, relay + ", there is something to cut", relay::onWake);
            }
        }
        writers--;
    }

    /** Waits for others that change the same. */
    private void change(Tx tx, List<String> keys) {
        for (var key : keys) {
            world.steps.before("change " + key);
            counters.update(tx, sourceDatabase.snapshot(), key, any -> true, n -> n + 1);
        }
    }

    private void append(Tx tx, List<String> keys) {
        world.steps.before("append");
        var outgoing = new ArrayList<Envelope>();
        for (var key : keys) {
            for (int i = world.chance.between(1, 2); i > 0; i--) {
                outgoing.add(message(key, world.chance.below(3) == 0 ? SCRIBBLED : NOTED));
            }
        }
        source.append(tx, outgoing);
    }

    private Envelope message(String key, String type) {
        var id = new UUID(0, ++messages);
        return new Envelope(id, SOURCE, type, key, Instant.EPOCH, null, id, null, null, Buffer.buffer());
    }

    private static String key(int n) {
        return "key-" + n;
    }

    // The database of the source

    boolean isLockFree(RelayNode.Session asking) {
        return (isLockIgnored && !world.isCalm())
                || (relays.stream()
                                .map(RelayNode::session)
                                .noneMatch(other -> other != null && other != asking && other.holdsLock())
                        && leftSessions.stream().noneMatch(RelayNode.Session::holdsLock));
    }

    /** A session whose client died: the server will notice. */
    void leave(RelayNode.Session session) {
        leftSessions.add(session);
    }

    private void endSomeSession() {
        var session = world.chance.of(relays).session();
        if (session != null) {
            world.coverage.count("database: session of a relay ended");
            world.trace("database", "ends the session of a relay");
            session.end();
        }
    }

    int leaders() {
        int leaders = 0;
        for (var relay : relays) {
            leaders += relay.isActive() ? 1 : 0;
        }
        return leaders;
    }

    Ledger.Heads readHeads() {
        var tx = sourceDatabase.begin();
        var heads = source.heads(tx);
        tx.commit();
        return heads;
    }

    List<Long> pruned() {
        return Collections.nCopies(LANES, 0L);
    }

    List<Ledger.Entry> read(int lane, long after, Ledger.Filter filter, int countMax) {
        var tx = sourceDatabase.begin();
        var entries = source.read(tx, lane, after, filter, countMax);
        tx.commit();
        return entries;
    }

    /** A cut in the server, which goes on when the relay that asked for it dies, as long as its session lasts. */
    Steps.Task cut(RelayNode relay, Consumer<Ledger.Cut> done, Runnable killed) {
        return world.task(null, "cut for " + relay, () -> source.cut(cutMax, done), killed);
    }

    // The bus

    void deliver(Batch batch, String term, Consumer<Ack> answer) {
        var text = batch.subscription() + ", " + term + " has for lane " + batch.lane() + " after " + batch.after()
                + " up to " + batch.upto() + " " + batch.messages().size() + " messages";
        world.send(text, () -> {
            var instances = subscribers.stream()
                    .filter(node -> node.name().startsWith(batch.subscription()))
                    .toList();
            var instance = world.chance.of(instances);
            if (instance.isAlive()) { // otherwise its registration is stale, and the batch is lost
                instance.onBatch(batch, answer);
            }
        });
    }

    void sayHello(RelayNode from, RelayHello hello) {
        for (var subscriber : subscribers) {
            world.send(subscriber, subscriber + ", " + hello.term() + " says hello", () -> subscriber.onHello(hello));
        }
    }

    void callRelays(SubscriberNode from) {
        for (var relay : relays) {
            world.send(relay, relay + ", " + from + " asks who is there", relay::sayHello);
        }
    }

    void announce(SubscriberNode from, Announcement announcement) {
        for (var relay : relays) {
            world.send(
                    relay,
                    relay + ", " + from + " is at " + announcement.cursors(),
                    () -> relay.onAnnouncement(announcement));
        }
    }
}
