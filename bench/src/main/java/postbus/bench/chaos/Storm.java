package postbus.bench.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Lets the faults of a schedule strike, each on a thread of its own, and takes back those that last. */
final class Storm {
    private final Cluster cluster;
    private final ShopDatabase database;
    private final @Nullable Network network;
    private final RunLog log;
    private final Map<String, AtomicInteger> struck = new ConcurrentHashMap<>();
    private final List<String> inForce = new ArrayList<>();
    private final ConcurrentLinkedQueue<String> failed = new ConcurrentLinkedQueue<>();

    /** @param network null where all nodes share this machine's */
    Storm(Cluster cluster, ShopDatabase database, @Nullable Network network, RunLog log) {
        this.cluster = cluster;
        this.database = database;
        this.network = network;
        this.log = log;
    }

    /** Returns when the last fault is over. */
    void rage(Schedule schedule) throws InterruptedException {
        var begin = System.nanoTime();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Future<?>>();
            for (var entry : schedule.entries()) {
                parkUntil(begin + entry.at().toNanos());
                all.add(threads.submit(() -> strike(entry.fault())));
            }
            for (var one : all) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("the tool failed", e.getCause());
        }
    }

    private void strike(Fault fault) {
        var text = FaultText.write(fault);
        change(text, true);
        try {
            if (begin(fault)) {
                struck.computeIfAbsent(fault.kind(), kind -> new AtomicInteger())
                        .incrementAndGet();
                log.note(text);
            } else {
                struck.computeIfAbsent("no process to " + fault.kind(), kind -> new AtomicInteger())
                        .incrementAndGet();
                log.note("%s: is just not running".formatted(text));
            }
        } catch (Exception e) {
            log.note("%s: FAILED: %s".formatted(text, e));
            failed.add(text + ": " + e);
        } finally {
            change(text, false);
        }
    }

    /** Strikes, and where it lasts returns when it is over. Returns false when there was no process to strike. */
    private boolean begin(Fault fault) throws Exception {
        return switch (fault) {
            case Fault.Kill kill -> cluster.node(kill.instance()).kill();
            case Fault.Term term -> cluster.node(term.instance()).terminate();
            case Fault.Stop stop -> stop(stop);
            case Fault.TerminateConnections terminate -> database.terminateAll() >= 0;
            case Fault.RestartPostgres restart -> {
                database.restart();
                yield true;
            }
            case Fault.CrashPostgres crash -> {
                database.crash();
                yield true;
            }
            case Fault.SlowDatabase slow -> {
                database.proxy().delayAnswers(slow.delay());
                lasting(slow.duration());
                database.proxy().delayAnswers(Duration.ZERO);
                yield true;
            }
            case Fault.MuteDatabase mute -> {
                database.proxy().blackHole();
                lasting(mute.duration());
                database.proxy().pass();
                yield true;
            }
            case Fault.RefuseDatabase refuse -> {
                database.proxy().refuse();
                lasting(refuse.duration());
                database.proxy().pass();
                yield true;
            }
            case Fault.Cut cut -> network(cut);
            case Fault.Unplug unplug -> network(unplug);
            case Fault.Deafen deafen -> network(deafen);
            case Fault.Lose lose -> network(lose);
            case Fault.Delay delay -> network(delay);
        };
    }

    private boolean network(Fault fault) {
        if (network == null) {
            throw new IllegalStateException("this run has no hosts");
        }
        network.suffer(fault);
        return true;
    }

    private boolean stop(Fault.Stop stop) {
        var resume = cluster.node(stop.instance()).pause();
        if (resume == null) {
            return false;
        }
        lasting(stop.duration());
        resume.run();
        return true;
    }

    private static void lasting(Duration duration) {
        parkUntil(System.nanoTime() + duration.toNanos());
    }

    private static void parkUntil(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private void change(String fault, boolean begins) {
        synchronized (inForce) {
            if (begins) {
                inForce.add(fault);
            } else {
                inForce.remove(fault);
            }
        }
    }

    /** What has begun and is not over, in words. */
    List<String> inForce() {
        synchronized (inForce) {
            return List.copyOf(inForce);
        }
    }

    /** How often each kind of fault struck. */
    Map<String, Integer> struck() {
        var counts = new TreeMap<String, Integer>();
        struck.forEach((kind, count) -> counts.put(kind, count.get()));
        return counts;
    }

    /** Faults that this tool could not bring about. */
    List<String> failed() {
        return List.copyOf(failed);
    }
}
