package postbus.gateway;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.service.OperatorRequest;
import postbus.messaging.service.RequestHeaders;

/**
 * The services that operators look after, or the sources, by name. Asked several at once; one that does not answer in time is named, and
 * hides nothing of the others. Event loop.
 */
final class Roster {
    private final Services services;
    private final String noun;
    private final Supplier<List<String>> names;

    /**
     * @param noun what they are to whoever asks, and the parameter that names one
     * @param names may change as time goes on
     */
    Roster(Services services, String noun, Supplier<List<String>> names) {
        this.services = services;
        this.noun = noun;
        this.names = names;
    }

    private List<String> names() {
        return names.get().stream().sorted().distinct().toList();
    }

    /** The one that is given as a value of a request, or all, in order. */
    List<String> asked(@Nullable String name) {
        var names = names();
        if (name == null) {
            return names;
        }
        if (!names.contains(name)) {
            throw new Refusal(
                    Problem.INVALID, noun + " must be one of " + String.join(", ", names) + ", is " + name, "/" + noun);
        }
        return List.of(name);
    }

    /** The one that a path names. */
    String known(String name) {
        if (!names().contains(name)) {
            throw new Refusal(Problem.NOT_FOUND, "no " + noun + " '" + name + "'", "/" + noun);
        }
        return name;
    }

    /** @param byService in their order */
    record Answers<R>(Map<String, R> byService, List<String> unanswered) {}

    /** Fails when nobody answers, and with a refusal that says more than that. */
    <R> Future<Answers<R>> askAll(
            List<String> asked,
            Class<R> reply,
            RequestHeaders headers,
            Function<String, ? extends OperatorRequest> request) {
        var deadline = services.deadline();
        var futures = new LinkedHashMap<String, Future<R>>();
        for (var service : asked) {
            futures.put(service, services.askOnce(service, request.apply(service), reply, headers, deadline));
        }
        return Future.join(List.copyOf(futures.values())).transform(joined -> {
            var answers = new LinkedHashMap<String, R>();
            var unanswered = new ArrayList<String>();
            for (var each : futures.entrySet()) {
                var answer = each.getValue();
                if (answer.succeeded()) {
                    answers.put(each.getKey(), answer.result());
                } else if (isUnanswered(answer.cause())) {
                    unanswered.add(each.getKey());
                } else {
                    return Future.failedFuture(answer.cause());
                }
            }
            return answers.isEmpty() && !unanswered.isEmpty()
                    ? Future.failedFuture(joined.cause())
                    : Future.succeededFuture(new Answers<>(answers, unanswered));
        });
    }

    private static boolean isUnanswered(Throwable failure) {
        return failure instanceof Refusal refusal
                && (refusal.problem() == Problem.UNAVAILABLE || refusal.problem() == Problem.INTERNAL);
    }
}
