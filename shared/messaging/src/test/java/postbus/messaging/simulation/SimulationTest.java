package postbus.messaging.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import postbus.messaging.simulation.model.Mutation;

/**
 * Run after run, each from a seed of its own, until there were enough steps; see {@code docs/simulation.md}.
 *
 * <p>{@code -Dsimulation.steps=…} sets how many steps, {@code -Dsimulation.seed=…} replays one run and prints it.
 */
class SimulationTest {
    private static final long STEPS = Long.getLong("simulation.steps", 3_000_000);
    private static final int LAST_LINES = 60;

    @Test
    void what_is_promised_holds_whatever_goes_wrong() throws Exception {
        var seed = Long.getLong("simulation.seed");
        if (seed != null) {
            var lines = new ArrayList<String>();
            var result = run(seed, new Coverage(), lines);
            lines.forEach(System.out::println);
            assertThat(result.violation()).isNull();
        } else {
            var coverage = new Coverage();
            runMany(System.nanoTime(), coverage);
            assertThatEnoughWentWrong(coverage);
        }
    }

    private static void runMany(long firstSeed, Coverage coverage) throws Exception {
        Quiet.run(() -> {
            System.out.println("simulation: first seed " + firstSeed);
            long seed = firstSeed;
            long messages = 0;
            for (long steps = 0; steps < STEPS; seed++) {
                var result = Simulation.run(seed, Mutation.NONE, Checker.ofAll(), coverage, null);
                steps += result.steps();
                messages += result.messages();
                if (result.violation() != null) {
                    throw new AssertionError(explain(seed));
                }
            }
            System.out.printf("simulation: %d runs, %d messages%n", seed - firstSeed, messages);
            coverage.counts().forEach((what, count) -> System.out.printf("%10d %s%n", count, what));
            return null;
        });
    }

    private static String explain(long seed) throws Exception {
        var lines = new ArrayList<String>();
        var result = run(seed, new Coverage(), lines);
        var last = lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size());
        return String.format(
                Locale.ROOT,
                "%s%nReplay it with -Dsimulation.seed=%d. Its last steps:%n%s",
                result.violation(),
                seed,
                String.join(System.lineSeparator(), last));
    }

    private static Simulation.Result run(long seed, Coverage coverage, List<String> lines) throws Exception {
        return Quiet.run(() -> Simulation.run(seed, Mutation.NONE, Checker.ofAll(), coverage, lines::add));
    }

    /** A fault that never happens is one that nothing was protected from. Far less than is usual in 3 million steps. */
    private static void assertThatEnoughWentWrong(Coverage coverage) {
        var least = new LinkedHashMap<String, Integer>();
        least.put("bus: dropped", 3_000);
        least.put("bus: repeated", 3_000);
        least.put("bus: overtook another", 30_000);
        least.put("bus: answer too late or repeated", 300);
        least.put("delivery: timed out", 300);
        for (var step : List.of("lock the head", "cut", "commit the cut")) {
            least.put("crashed: cut for before: " + step, 30);
        }
        for (var step : List.of("try the lock", "read the heads", "lead", "read a lane", "have read a lane")) {
            least.put("crashed: relay before: " + step, 10);
        }
        for (var step : List.of("append", "append the next", "change", "have the lock on counter", "commit")) {
            least.put("crashed: writer before: " + step, 30);
        }
        for (var step : List.of("advance", "handle", "commit", "hear that it is committed", "answer", "register")) {
            least.put("crashed: subscriber before: " + step, 20);
        }
        least.put("database: connection of a subscriber lost before: commit", 20);
        least.put("database: connection of a subscriber lost before: hear that it is committed", 20);
        least.put("database: session of a relay ended", 1_000);
        least.put("relay: leads beside another", 100);
        least.put("relay: steps with two leading", 30_000);
        least.put("paused: relay", 500);
        least.put("paused: subscriber", 500);
        least.put("handler: failed", 300);
        least.put("message: parked", 200);
        least.put("cut: in portions", 3_000);
        least.put("cut: another relay cut in between", 500);
        assertThat(least)
                .allSatisfy((what, count) ->
                        assertThat(coverage.of(what)).as(what).isGreaterThanOrEqualTo(count * STEPS / 3_000_000));
    }

    @Test
    void a_seed_is_the_same_run_each_time() throws Exception {
        for (long seed = 1; seed <= 5; seed++) {
            var once = new ArrayList<String>();
            var again = new ArrayList<String>();
            run(seed, new Coverage(), once);
            run(seed, new Coverage(), again);
            assertThat(again).hasSizeGreaterThan(300).isEqualTo(once);
        }
    }
}
