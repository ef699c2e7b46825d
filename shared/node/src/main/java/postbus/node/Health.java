package postbus.node;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a node needs to take work, each asked when somebody wants to know. Thread-safe. */
final class Health {
    private static final int ANSWER_MAX_MS = 2_000;

    private final Map<String, Supplier<Future<?>>> checks = new ConcurrentHashMap<>();
    private final List<String> order;

    /** @param order in which checks are told; others may not be added */
    Health(List<String> order) {
        this.order = List.copyOf(order);
    }

    /** Adds something that must succeed, within 2 s, for the node to be ready. */
    void add(String name, Supplier<Future<?>> check) {
        if (!order.contains(name)) {
            throw new IllegalArgumentException("not among " + order + ": " + name);
        }
        checks.put(name, check);
    }

    /**
     * What the checks said.
     *
     * @param failures why each that failed did; null for one that passed
     */
    record Result(Map<String, @Nullable String> failures) {
        static final Result STARTING = new Result(Map.of("serving", "starting"));

        boolean isReady() {
            return problems().isEmpty();
        }

        /** What is wrong, in a line each. */
        List<String> problems() {
            var problems = new ArrayList<String>();
            failures.forEach((name, failure) -> {
                if (failure != null) {
                    problems.add(name + ": " + failure);
                }
            });
            return problems;
        }
    }

    /** Asks all at once. Never fails. */
    Future<Result> check() {
        var outcomes = new LinkedHashMap<String, Future<?>>();
        for (var name : order) {
            var check = checks.get(name);
            if (check != null) {
                outcomes.put(name, check.get().timeout(ANSWER_MAX_MS, TimeUnit.MILLISECONDS));
            }
        }
        return Future.join(outcomes.values().stream().toList()).transform(all -> {
            var failures = new LinkedHashMap<String, @Nullable String>();
            outcomes.forEach((name, outcome) -> failures.put(
                    name, outcome.succeeded() ? null : outcome.cause().getMessage()));
            return Future.succeededFuture(new Result(failures));
        });
    }
}
