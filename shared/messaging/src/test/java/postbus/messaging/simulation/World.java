package postbus.messaging.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import postbus.messaging.simulation.model.Database;
import postbus.messaging.simulation.model.Steps;

/**
 * What happens next, and what of it goes wrong. Everything that can happen is a task at its next step, a message on the
 * bus, or a timer; one of them is chosen by chance, time after time.
 */
final class World {
    final Chance chance;
    final Steps steps = new Steps();
    final Coverage coverage;

    private final @Nullable Consumer<String> trace;
    private final List<Work> works = new ArrayList<>();
    private final List<Flight> bus = new ArrayList<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::dueNanos).thenComparingLong(Timer::nth));
    private final List<Database> databases = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private boolean isCalm;
    private long nowNanos;
    private long stepCount;
    private long timerCount;

    /** A task, of a node that can die, or of nobody. */
    private record Work(Steps.Task task, @Nullable Node node, Runnable onKilled) {}

    /** @param isReliable whether it is no bus message but a connection, which loses nothing while it lasts */
    private record Flight(String text, @Nullable Node to, int life, boolean isReliable, Runnable arrive) {}

    private record Timer(long dueNanos, long nth, Node node, int life, Runnable task) {}

    /** @param trace told each thing that happens; null for nobody */
    World(long seed, Coverage coverage, @Nullable Consumer<String> trace) {
        this.chance = new Chance(seed);
        this.coverage = coverage;
        this.trace = trace;
    }

    void add(Node node) {
        nodes.add(node);
    }

    void add(Database database) {
        databases.add(database);
    }

    // What parties ask for

    long nowNanos() {
        return nowNanos;
    }

    boolean isCalm() {
        return isCalm;
    }

    /** Runs work in direct style, step by step; it dies with its node. */
    Steps.Task task(@Nullable Node node, String name, Runnable work) {
        return task(node, name, work, () -> {});
    }

    Steps.Task task(@Nullable Node node, String name, Runnable work, Runnable onKilled) {
        var task = steps.start(name, work);
        works.add(new Work(task, node, onKilled));
        return task;
    }

    /** Runs something on a node after a while, should it still be the same life of it. */
    void after(Node node, Duration delay, Runnable task) {
        timers.add(new Timer(nowNanos + delay.toNanos(), timerCount++, node, node.life(), task));
    }

    /** Sends a message to a node over the bus. What arrives at another life of it than the one it was sent to is lost. */
    void send(Node to, String text, Runnable arrive) {
        bus.add(new Flight(text, to, to.life(), false, arrive));
    }

    /** Sends a message to whoever is found when it arrives. */
    void send(String text, Runnable arrive) {
        bus.add(new Flight(text, null, 0, false, arrive));
    }

    /** Tells a node what came over a connection: late, but neither lost nor repeated. */
    void tell(Node to, String text, Runnable arrive) {
        bus.add(new Flight(text, to, to.life(), true, arrive));
    }

    /** Tells what happens, for who replays a run. */
    void trace(Object who, String what) {
        if (trace != null) {
            trace.accept(String.format(Locale.ROOT, "%6d %9.3f ms  %s: %s", stepCount, nowNanos / 1e6, who, what));
        }
    }

    // What happens

    long stepCount() {
        return stepCount;
    }

    /** From now on nothing goes wrong. */
    void calmDown() {
        isCalm = true;
        for (var node : nodes) {
            node.pause(false);
            if (!node.isAlive()) {
                restart(node);
            }
        }
    }

    void endOrphans() {
        for (var database : databases) {
            for (var tx : List.copyOf(database.open())) {
                if (tx.isOrphan()) {
                    trace("database", "rolls back a transaction whose client is gone");
                    tx.rollback();
                }
            }
        }
    }

    private void restart(Node node) {
        trace(node, "starts");
        node.start();
    }

    /** Lets one thing happen. */
    void step() {
        stepCount++;
        if (isCalm) {
            endOrphans();
        } else if (disturb()) {
            return;
        }
        int tasks = 0;
        for (var work : works) {
            tasks += isReady(work) ? 1 : 0;
        }
        int flights = 0;
        for (var flight : bus) {
            flights += isArrivable(flight) ? 1 : 0;
        }
        if (tasks + flights == 0 || (!isCalm && chance.happens(chance.timePasses))) {
            passTime();
            return;
        }
        int nth = chance.below(tasks + flights);
        if (nth < tasks) {
            goOn(nth);
        } else {
            arrive(nth - tasks);
        }
    }

    private static boolean isReady(Work work) {
        return (work.node == null || !work.node.isPaused()) && work.task.isReady();
    }

    private static boolean isArrivable(Flight flight) {
        return flight.to == null || !flight.to.isPaused();
    }

    private void goOn(int nth) {
        int left = nth;
        for (var work : works) {
            if (isReady(work) && left-- == 0) {
                trace(work.task.name(), work.task.next());
                work.task.step();
                break;
            }
        }
        works.removeIf(work -> work.task.isDone());
    }

    private void arrive(int nth) {
        int left = nth;
        for (int i = 0; i < bus.size(); i++) {
            var flight = bus.get(i);
            if (isArrivable(flight) && left-- == 0) {
                arrive(i, flight);
                return;
            }
        }
    }

    private void arrive(int index, Flight flight) {
        var isFaulty = !isCalm && !flight.isReliable;
        if (isFaulty && chance.happens(chance.drop)) {
            bus.remove(index);
            coverage.count("bus: dropped");
            trace("dropped", flight.text);
            return;
        }
        if (isFaulty && chance.happens(chance.repeat)) {
            coverage.count("bus: repeated");
            trace("will come again", flight.text);
        } else {
            bus.remove(index);
        }
        if (index > 0) {
            coverage.count("bus: overtook another");
        }
        if (flight.to == null || (flight.to.isAlive() && flight.to.life() == flight.life)) {
            trace("arrived", flight.text);
            flight.arrive.run();
        } else {
            coverage.count("bus: nobody there");
            trace("nobody there", flight.text);
        }
    }

    /** Time goes on to the next timer. */
    private void passTime() {
        var held = new ArrayList<Timer>();
        var timer = timers.poll();
        while (timer != null && timer.node.isPaused()) { // it fires late, when its node is back
            held.add(timer);
            timer = timers.poll();
        }
        timers.addAll(held);
        if (timer == null) {
            return;
        }
        nowNanos = Math.max(nowNanos, timer.dueNanos);
        if (timer.node.isAlive() && timer.node.life() == timer.life) {
            trace(timer.node, "timer");
            timer.task.run();
        }
    }

    // What goes wrong

    /** Perhaps something goes wrong instead of anything else. */
    private boolean disturb() {
        for (var node : nodes) {
            if (!node.isAlive() && chance.below(40) == 0) {
                restart(node);
                return true;
            }
            if (node.isPaused() && chance.below(60) == 0) {
                trace(node, "goes on");
                node.pause(false);
                return true;
            }
        }
        if (chance.below(20) == 0) {
            endOrphans();
        }
        if (!works.isEmpty() && chance.happens(chance.crash)) {
            crash(chance.of(works));
            return true;
        }
        if (chance.happens(chance.unrest)) {
            var node = chance.of(nodes);
            if (node.isAlive() && !node.isPaused()) {
                coverage.count("paused: " + node.role());
                trace(node, "pauses");
                node.pause(true);
            }
            return true;
        }
        return false;
    }

    /** Ends a party in the middle of what it does. */
    private void crash(Work work) {
        if (work.task.isDone()) {
            return;
        }
        var role = work.node == null ? kind(work.task.name()) : work.node.role();
        coverage.count("crashed: " + role + " before: " + kind(work.task.next()));
        trace(work.node == null ? "crashed" : "crashed with all of " + work.node, work.task.name());
        if (work.node == null) {
            kill(work);
        } else {
            kill(work.node);
        }
    }

    void kill(Node node) {
        for (var work : List.copyOf(works)) {
            if (work.node == node) {
                kill(work);
            }
        }
        node.die();
    }

    /** Ends a task, if it is not done. */
    void kill(Steps.Task task) {
        for (var work : List.copyOf(works)) {
            if (work.task == task) {
                kill(work);
            }
        }
    }

    private void kill(Work work) {
        work.task.kill();
        works.remove(work);
        work.onKilled.run();
    }

    /** Without what tells one of a kind from another: "writer 17" is a writer. */
    private static String kind(String name) {
        return name.replaceAll("[ -][^ ]*[0-9]+$", "");
    }

    void end() {
        steps.end();
    }
}
