package postbus.messaging.simulation;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import postbus.messaging.ledger.Ledger;
import postbus.messaging.relay.RelayOptions;
import postbus.messaging.relay.SimulatedDelivery;
import postbus.messaging.simulation.model.Mutation;
import postbus.messaging.simulation.model.Steps;
import postbus.messaging.wire.Ack;
import postbus.messaging.wire.Announcement;
import postbus.messaging.wire.Batch;
import postbus.messaging.wire.RelayHello;

/**
 * A relay: seeks the lock, cuts and delivers while it believes to hold it. Of the real relay this is the part that is
 * tied to Vert.x and Postgres; what it delivers when is the real one's.
 */
final class RelayNode extends Node {
    private final World world;
    private final Simulation simulation;
    private final RelayOptions options;
    private final Mutation mutation;
    private @Nullable SimulatedDelivery delivery;
    private @Nullable Session session;
    private String term = "";
    private int terms;
    private boolean isSeeking;
    private boolean isCutting;
    private boolean isCutWanted;
    /** Where its last cut ended. */
    private long upto;

    /** A session in the server. It lives on when its client dies, until the server notices. */
    final class Session {
        private final int life = life();
        private boolean isOpen = true;
        private boolean holdsLock;
        private Steps.@Nullable Task cut;

        boolean holdsLock() {
            return isOpen && holdsLock;
        }

        /** What it was doing is rolled back, and then the lock is free. Its client hears of it, sooner or later. */
        void end() {
            if (!isOpen) {
                return;
            }
            isOpen = false;
            if (cut != null) {
                world.kill(cut);
            }
            if (life == life() && isAlive()) {
                world.tell(RelayNode.this, name() + ", your session is gone", () -> lost(this));
            }
        }
    }

    RelayNode(String name, World world, Simulation simulation, RelayOptions options, Mutation mutation) {
        super(name);
        this.world = world;
        this.simulation = simulation;
        this.options = options;
        this.mutation = mutation;
    }

    boolean isActive() {
        return delivery != null;
    }

    @Nullable
    Session session() {
        return session;
    }

    @Override
    String role() {
        return "relay";
    }

    @Override
    void started() {
        tick();
        hello();
    }

    @Override
    void died() {
        delivery = null; // without a word
        if (session != null) {
            simulation.leave(session);
        }
        session = null;
        isSeeking = false;
        isCutting = false;
        isCutWanted = false;
    }

    private void tick() {
        world.after(this, options.tick(), this::tick);
        if (delivery == null) {
            seekLeadership();
        } else {
            cut();
            delivery.forgetSilent();
        }
    }

    private void hello() {
        world.after(this, options.helloEvery(), this::hello);
        sayHello();
    }

    /** Says that it is there, if it leads. */
    void sayHello() {
        if (delivery != null) {
            var hello = new RelayHello(Simulation.SOURCE, term, delivery.heads(), simulation.pruned());
            simulation.sayHello(this, hello);
        }
    }

    private void seekLeadership() {
        if (isSeeking) {
            return;
        }
        isSeeking = true;
        var seeking = session == null ? new Session() : session;
        session = seeking;
        world.task(this, name(), () -> {
            world.steps.before("try the lock");
            if (seeking.isOpen && simulation.isLockFree(seeking)) {
                seeking.holdsLock = true;
                world.steps.before("read the heads");
                var heads = simulation.readHeads();
                world.steps.before("lead");
                if (session == seeking) {
                    lead(heads);
                }
            }
            isSeeking = false;
        });
    }

    private void lead(Ledger.Heads heads) {
        term = name() + "/" + life() + "/" + ++terms;
        upto = heads.position();
        delivery = new SimulatedDelivery(Simulation.SOURCE, heads, options, new Surroundings(term));
        world.coverage.count("relay: leads");
        if (simulation.leaders() > 1) {
            world.coverage.count("relay: leads beside another");
        }
        cut();
        sayHello();
    }

    private void lost(Session lost) {
        if (session == lost) {
            standDown();
        }
    }

    private void standDown() {
        if (delivery != null) {
            world.trace(this, "stands down");
            delivery.end();
            delivery = null;
        }
        session = null;
        isCutting = false;
        isCutWanted = false;
    }

    void onWake() {
        cut();
    }

    void onAnnouncement(Announcement announcement) {
        if (delivery != null) {
            delivery.announced(announcement);
        }
    }

    private void cut() {
        if (delivery == null || session == null) {
            return;
        }
        if (isCutting) {
            isCutWanted = true;
            return;
        }
        isCutting = true;
        isCutWanted = false;
        var cuttingIn = session;
        if (!cuttingIn.isOpen) {
            world.tell(this, name() + ", your cut failed", () -> lost(cuttingIn));
            return;
        }
        cuttingIn.cut = simulation.cut(
                this,
                cut -> world.tell(this, name() + ", you cut " + cut.count(), () -> onCut(cuttingIn, cut)),
                cuttingIn::end);
    }

    private void onCut(Session cuttingIn, Ledger.Cut cut) {
        if (cuttingIn != session || delivery == null) {
            return;
        }
        isCutting = false;
        if (cut.count() > 0) {
            if (cut.after() != upto) {
                world.coverage.count("cut: another relay cut in between");
            }
            delivery.advanced(mutation == Mutation.MEMORY_IGNORES_A_GAP ? following(cut) : cut);
        }
        upto = cut.upto();
        if (cut.isPartial()) {
            world.coverage.count("cut: in portions");
        }
        if (cut.isPartial() || isCutWanted) {
            cut();
        }
    }

    private Ledger.Cut following(Ledger.Cut cut) {
        return new Ledger.Cut(upto, cut.count(), cut.heads(), cut.messages(), cut.isPartial());
    }

    /** Of one term. What comes after it changes nothing: the delivery has ended. */
    private final class Surroundings implements SimulatedDelivery.Surroundings {
        private final String of;

        Surroundings(String term) {
            this.of = term;
        }

        @Override
        public Future<Ack> deliver(Batch batch) {
            Promise<Ack> answer = Promise.promise();
            int life = life();
            world.after(RelayNode.this, options.replyTimeout(), () -> {
                if (answer.tryFail("no answer")) {
                    world.coverage.count("delivery: timed out");
                }
            });
            simulation.deliver(batch, of, ack -> {
                if (life == life()) {
                    world.send(RelayNode.this, of + ", the answer is " + ack, () -> {
                        if (!answer.tryComplete(ack)) {
                            world.coverage.count("bus: answer too late or repeated");
                        }
                    });
                }
            });
            return answer.future();
        }

        @Override
        public Future<List<Ledger.Entry>> read(int lane, long after, Ledger.Filter filter, int countMax) {
            Promise<List<Ledger.Entry>> entries = Promise.promise();
            world.task(RelayNode.this, name(), () -> {
                world.steps.before("read a lane");
                if (!world.isCalm() && world.chance.happens(world.chance.lostConnection)) {
                    world.coverage.count("database: connection of a reader lost");
                    entries.fail("connection lost");
                    return;
                }
                var found = simulation.read(lane, after, filter, countMax);
                world.steps.before("have read a lane");
                entries.complete(found);
            });
            return entries.future();
        }

        @Override
        public void after(Duration delay, Runnable task) {
            world.after(RelayNode.this, delay, task);
        }

        @Override
        public long nanoTime() {
            return world.nowNanos();
        }

        @Override
        public RandomGenerator random() {
            return world.chance.generator();
        }
    }
}
