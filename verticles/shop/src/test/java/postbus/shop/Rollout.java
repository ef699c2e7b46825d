package postbus.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import postbus.node.process.NodeProcess;
import postbus.testkit.Await;

/**
 * What Kubernetes does to a Deployment whose pods are to be others: a new one is started, and when it is ready an old one
 * is told to end. That one is taken from those who get connections, goes on for as long as its preStop hook sleeps, then
 * gets SIGTERM, and SIGKILL when its grace is over, which began with the sleep. Meanwhile the next new one is started.
 */
final class Rollout {
    private static final Duration START_MAX = Duration.ofMinutes(4);

    /** So many may end at once, for each needs a port beside those of the fleet. */
    private static final int ENDING_MAX = 2;

    private final Fleet fleet;
    private final Balancer balancer;
    private final List<CompletableFuture<Void>> ending = new ArrayList<>();

    /** @param balancer in front of the gateways */
    Rollout(Fleet fleet, Balancer balancer) {
        this.fleet = fleet;
        this.balancer = balancer;
    }

    /** Replaces a pod; returns when the new one is ready and the old one has been told to end. */
    void replace(String instance) {
        var old = fleet.node(instance);
        int port = Fleet.freePort();
        var successor = fleet.succeed(instance, port);
        Await.until(instance + " is ready", START_MAX, () -> {
            assertThat(successor.isAlive()).as(instance + " is alive").isTrue();
            return balancer.isReady(port);
        });
        if (old.service().equals("gateway")) {
            balancer.add(port);
            balancer.awaitReady(port);
            balancer.remove(old.httpPort());
        }
        var times = PodTimes.ofManifests(old.service());
        ending.add(CompletableFuture.runAsync(
                () -> end(old, times.afterPreStop()),
                CompletableFuture.delayedExecutor(times.preStop().toMillis(), TimeUnit.MILLISECONDS)));
        while (ending.stream().filter(pod -> !pod.isDone()).count() >= ENDING_MAX) {
            CompletableFuture.anyOf(ending.stream().filter(pod -> !pod.isDone()).toArray(CompletableFuture[]::new))
                    .join();
        }
    }

    private static void end(NodeProcess pod, Duration grace) {
        pod.terminate();
        try {
            assertThat(pod.awaitExit(grace))
                    .as("exit code of %s: %s", pod.instance(), pod.output())
                    .isZero();
        } finally {
            pod.close();
        }
    }

    /** Waits until the last old one has ended; fails where one did not end by itself. */
    void awaitEnd() {
        CompletableFuture.allOf(ending.toArray(CompletableFuture[]::new)).join();
    }
}
