package postbus.shop;

import java.time.Duration;

/**
 * What a pod is given when it is to end.
 *
 * @param preStop how long its preStop hook sleeps, in which it goes on as ever
 * @param grace from then until SIGKILL, the sleep included
 */
record PodTimes(Duration preStop, Duration grace) {
    PodTimes {
        if (grace.compareTo(preStop) <= 0) {
            throw new IllegalArgumentException("no time is left after " + preStop + " of " + grace);
        }
    }

    /** As the manifests say. */
    static PodTimes ofManifests() {
        return new PodTimes(Duration.ofSeconds(5), Duration.ofSeconds(30));
    }

    /** From SIGTERM to SIGKILL. */
    Duration afterPreStop() {
        return grace.minus(preStop);
    }
}
