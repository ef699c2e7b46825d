package postbus.messaging.simulation;

import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * The chance of one run. How often what goes wrong is drawn first, so that some runs know hardly any fault, others one
 * kind only, and others all of them.
 */
final class Chance {
    private final SplittableRandom random;
    /** Of each message on the bus. */
    final double drop;

    final double repeat;
    /** Of each step of a party. */
    final double crash;

    final double lostConnection;
    /** Of each message given to a handler. */
    final double handlerFails;
    /** Of each choice what happens next: that time goes on, although something else could happen. */
    final double timePasses;
    /** That relays end or begin their terms, subscribers pause, dead ones return. */
    final double unrest;

    Chance(long seed) {
        random = new SplittableRandom(seed);
        drop = rate(0.3);
        repeat = rate(0.3);
        crash = rate(0.05);
        lostConnection = rate(0.03);
        handlerFails = rate(0.5);
        timePasses = 0.005 + rate(0.05);
        unrest = rate(0.03);
    }

    private double rate(double max) {
        return random.nextInt(3) == 0 ? 0 : random.nextDouble(max);
    }

    boolean happens(double rate) {
        return rate > 0 && random.nextDouble() < rate;
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    int between(int least, int most) {
        return random.nextInt(least, most + 1);
    }

    <T> T of(List<T> some) {
        return some.get(random.nextInt(some.size()));
    }

    RandomGenerator generator() {
        return random;
    }
}
