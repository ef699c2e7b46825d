package postbus.gateway;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.service.DeadLetterRequest;
import postbus.messaging.service.RequestHeaders;
import postbus.messaging.subscription.DeadLetters.Decided;
import postbus.messaging.subscription.DeadLetters.Decision;
import postbus.messaging.subscription.DeadLetters.Detail;
import postbus.messaging.subscription.DeadLetters.Filter;
import postbus.messaging.subscription.DeadLetters.Page;
import postbus.messaging.subscription.DeadLetters.Summary;
import postbus.messaging.subscription.DeadLetters.Verdict;

/**
 * Dead letters of all services, for operators. Asked of several services at once; one that does not answer in time is
 * named in the answer, and hides nothing of the others.
 */
final class DeadLetterRoutes {
    /** What a service can decide about well within the time a client waits. */
    private static final int DECIDED_MAX = 500;

    private final Services services;
    private final List<String> names;

    /** @param names of the services that may have dead letters */
    DeadLetterRoutes(Services services, List<String> names) {
        this.services = services;
        this.names = names.stream().sorted().distinct().toList();
    }

    private record Listed(String service, @JsonUnwrapped Summary summary) {}

    private record ListedPage(
            List<Listed> deadLetters, @Nullable String next, List<String> unanswered) {}

    private record Shown(
            String service,
            @JsonUnwrapped Summary summary,
            String body,
            @Nullable String stack) {}

    private record DecidedAll(int count, boolean hasMore, List<String> unanswered) {}

    /** A place in the list over all services: a service, and a place in its own list. */
    private record After(String service, @Nullable String place) {
        private static final Pattern TEXT = Pattern.compile("([^/]+)/(.+)");

        static After parse(@Nullable String text) {
            if (text == null) {
                return new After("", null);
            }
            var parts = TEXT.matcher(text);
            if (!parts.matches()) {
                throw new Refusal(Problem.INVALID, "after must be the next of a page, is '" + text + "'", "/after");
            }
            return new After(parts.group(1), parts.group(2));
        }
    }

    Future<Answer> list(ValidRequest request) {
        var after = After.parse(request.textIfGiven("after"));
        int limit = request.number("limit");
        var filter = filter(request::textIfGiven);
        var asked = asked(request.textIfGiven("service")).stream()
                .filter(service -> service.compareTo(after.service()) >= 0)
                .toList();
        return askAll(
                        asked,
                        Page.class,
                        request.headers(),
                        service -> new DeadLetterRequest.Find(
                                filter, limit, service.equals(after.service()) ? after.place() : null))
                .map(answers -> Answer.ok(merge(answers, limit)));
    }

    private static ListedPage merge(Answers<Page> answers, int limit) {
        var listed = new ArrayList<Listed>();
        var hasMore = false;
        for (var answer : answers.byService().entrySet()) {
            var page = answer.getValue();
            int room = limit - listed.size();
            page.deadLetters().stream().limit(room).forEach(each -> listed.add(new Listed(answer.getKey(), each)));
            hasMore |= page.deadLetters().size() > room || page.next() != null;
        }
        return new ListedPage(listed, hasMore ? place(listed.get(listed.size() - 1)) : null, answers.unanswered());
    }

    private static String place(Listed listed) {
        return listed.service() + "/" + listed.summary().source() + "/"
                + listed.summary().position();
    }

    Future<Answer> get(ValidRequest request) {
        var service = known(request.text("service"));
        var get = new DeadLetterRequest.Get(request.uuid("messageId"));
        return services.ask(service, get, Detail.class, request.headers())
                .map(detail -> Answer.ok(new Shown(service, detail.summary(), detail.body(), detail.stack())));
    }

    Future<Answer> retry(ValidRequest request) {
        return decide(request, Verdict.RETRY);
    }

    Future<Answer> discard(ValidRequest request) {
        return decide(request, Verdict.DISCARD);
    }

    private Future<Answer> decide(ValidRequest request, Verdict verdict) {
        var decide = new DeadLetterRequest.Decide(request.uuid("messageId"), decision(verdict, request.body()));
        return services.askOnce(
                        known(request.text("service")), decide, Decided.class, request.headers(), services.deadline())
                .map(Answer::ok);
    }

    Future<Answer> retryAll(ValidRequest request) {
        return decideAll(request, Verdict.RETRY);
    }

    Future<Answer> discardAll(ValidRequest request) {
        return decideAll(request, Verdict.DISCARD);
    }

    private Future<Answer> decideAll(ValidRequest request, Verdict verdict) {
        var body = request.body();
        var service = body.getString("service");
        var filter = filter(body::getString);
        if (service == null && filter.equals(Filter.ALL)) {
            throw new Refusal(
                    Problem.INVALID, "say which are meant: at least one of service, source, type, key, reason, since");
        }
        var decide = new DeadLetterRequest.DecideAll(filter, decision(verdict, body), DECIDED_MAX);
        return askAll(asked(service), Decided.class, request.headers(), each -> decide)
                .map(answers -> Answer.ok(new DecidedAll(
                        answers.byService().values().stream()
                                .mapToInt(Decided::count)
                                .sum(),
                        answers.byService().values().stream().anyMatch(Decided::hasMore),
                        answers.unanswered())));
    }

    // Who is asked

    private List<String> asked(@Nullable String service) {
        if (service == null) {
            return names;
        }
        if (!names.contains(service)) {
            throw new Refusal(
                    Problem.INVALID,
                    "service must be one of " + String.join(", ", names) + ", is " + service,
                    "/service");
        }
        return List.of(service);
    }

    private String known(String service) {
        if (!names.contains(service)) {
            throw new Refusal(Problem.NOT_FOUND, "no service '" + service + "'", "/service");
        }
        return service;
    }

    /** @param byService in their order */
    private record Answers<R>(Map<String, R> byService, List<String> unanswered) {}

    /** Fails when nobody answers, and with a refusal that says more than that. */
    private <R> Future<Answers<R>> askAll(
            List<String> asked, Class<R> reply, RequestHeaders headers, Function<String, DeadLetterRequest> request) {
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

    // What is asked

    private static Filter filter(Function<String, @Nullable String> values) {
        return new Filter(
                values.apply("source"),
                values.apply("type"),
                values.apply("key"),
                values.apply("reason"),
                time(values.apply("since")));
    }

    /** The contract's pattern lets pass days that no month has. */
    private static @Nullable Instant time(@Nullable String text) {
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            throw new Refusal(Problem.INVALID, "since must be a time, is '" + text + "'", "/since");
        }
    }

    private static Decision decision(Verdict verdict, JsonObject body) {
        return new Decision(verdict, body.getString("by"), body.getString("why"));
    }
}
