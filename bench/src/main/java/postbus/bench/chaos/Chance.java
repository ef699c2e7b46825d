package postbus.bench.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Draws schedules. The same seed, targets and times draw the same one.
 *
 * <p>Pauses are between 2 s and 45 s: shorter and longer than every timeout of the product. What lasts may overlap with
 * what comes next.
 */
final class Chance {
    /** Customers have begun by then. */
    private static final Duration FIRST_AT = Duration.ofSeconds(8);

    private final Random random;
    private final Targets targets;

    private Chance(long seed, Targets targets) {
        this.random = new Random(seed);
        this.targets = targets;
    }

    /**
     * @param during no fault begins later, and none lasts longer
     * @param every between two faults, on the average
     */
    static Schedule draw(long seed, Targets targets, Duration during, Duration every) {
        var chance = new Chance(seed, targets);
        var entries = new ArrayList<Schedule.Entry>();
        for (var at = FIRST_AT; at.compareTo(during) < 0; at = at.plus(chance.gap(every))) {
            var fault = chance.fault(during.minus(at));
            entries.add(new Schedule.Entry(at, fault));
        }
        return new Schedule(entries);
    }

    /** From half to one and a half times the average. */
    private Duration gap(Duration every) {
        long half = every.toMillis() / 2;
        return Duration.ofMillis(half + (long) (random.nextDouble() * every.toMillis()));
    }

    private Fault fault(Duration left) {
        int of = targets.hosts().isEmpty() ? 15 : 23;
        return switch (random.nextInt(of)) {
            case 0, 1, 2, 3 -> new Fault.Kill(one(targets.instances()));
            case 4, 5 -> new Fault.Term(one(targets.instances()));
            case 6, 7, 8 -> new Fault.Stop(one(targets.instances()), seconds(2, 45, left));
            case 9 -> new Fault.TerminateConnections();
            case 10 -> new Fault.RestartPostgres();
            case 11 -> new Fault.CrashPostgres();
            case 12 -> new Fault.SlowDatabase(Duration.ofMillis(100 * (1L + random.nextInt(15))), seconds(5, 20, left));
            case 13 -> new Fault.MuteDatabase(seconds(2, 30, left));
            case 14 -> new Fault.RefuseDatabase(seconds(2, 20, left));
            case 15, 16, 17 -> cut(seconds(5, 40, left));
            case 18 -> new Fault.Unplug(one(targets.hosts()), seconds(5, 30, left));
            case 19 ->
                new Fault.Delay(
                        one(targets.hosts()), Duration.ofMillis(50 * (1L + random.nextInt(6))), seconds(5, 30, left));
            case 20 -> new Fault.Deafen(one(targets.hosts()), seconds(5, 30, left));
            default -> new Fault.Lose(one(targets.hosts()), 10 + random.nextInt(41), seconds(5, 30, left));
        };
    }

    /** The database is on the side of some, of the others, or, as often as not, of both. */
    private Fault cut(Duration duration) {
        var hosts = new ArrayList<>(targets.hosts());
        Collections.shuffle(hosts, random);
        int count = 1 + random.nextInt(hosts.size() - 1);
        var some = new ArrayList<>(hosts.subList(0, count));
        var others = new ArrayList<>(hosts.subList(count, hosts.size()));
        switch (random.nextInt(4)) {
            case 0 -> some.add(Targets.DATABASE);
            case 1 -> others.add(Targets.DATABASE);
            default -> {}
        }
        return new Fault.Cut(some, others, duration);
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private Duration seconds(int min, int max, Duration left) {
        int seconds = min + random.nextInt(max - min + 1);
        return Duration.ofSeconds(Math.max(1, Math.min(seconds, left.toSeconds())));
    }
}
