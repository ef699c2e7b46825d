package postbus.gateway;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.service.DeadLetterRequest;
import postbus.messaging.subscription.DeadLetters.Decided;
import postbus.messaging.subscription.DeadLetters.Decision;
import postbus.messaging.subscription.DeadLetters.Detail;
import postbus.messaging.subscription.DeadLetters.Filter;
import postbus.messaging.subscription.DeadLetters.Group;
import postbus.messaging.subscription.DeadLetters.Groups;
import postbus.messaging.subscription.DeadLetters.Page;
import postbus.messaging.subscription.DeadLetters.Summary;
import postbus.messaging.subscription.DeadLetters.Verdict;
import postbus.messaging.subscription.DeadLetters.Which;

/** Dead letters, and other parked messages, of all services, for operators. */
final class DeadLetterRoutes {
    /** What a service can decide about well within the time a client waits. */
    private static final int DECIDED_MAX = 500;

    private final Services services;
    private final Roster roster;

    DeadLetterRoutes(Services services, Roster roster) {
        this.services = services;
        this.roster = roster;
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
        var which = which(request);
        var asked = roster.asked(request.textIfGiven("service")).stream()
                .filter(service -> service.compareTo(after.service()) >= 0)
                .toList();
        return roster.askAll(
                        asked,
                        Page.class,
                        request.headers(),
                        service -> new DeadLetterRequest.Find(
                                filter, which, limit, service.equals(after.service()) ? after.place() : null))
                .map(answers -> Answer.ok(merge(answers, limit)));
    }

    private static ListedPage merge(Roster.Answers<Page> answers, int limit) {
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

    private record ListedGroup(
            String service,
            String subscription,
            @JsonUnwrapped Group group) {}

    private record ListedGroups(List<ListedGroup> groups, List<String> unanswered) {}

    Future<Answer> groups(ValidRequest request) {
        var group = new DeadLetterRequest.Group(which(request));
        return roster.askAll(roster.asked(null), Groups.class, request.headers(), service -> group)
                .map(answers -> Answer.ok(new ListedGroups(
                        answers.byService().entrySet().stream()
                                .flatMap(answer -> answer.getValue().groups().stream()
                                        .map(each -> new ListedGroup(answer.getKey(), answer.getKey(), each)))
                                .toList(),
                        answers.unanswered())));
    }

    private static Which which(ValidRequest request) {
        return Which.valueOf(request.text("state").toUpperCase(Locale.ROOT));
    }

    Future<Answer> get(ValidRequest request) {
        var service = roster.known(request.text("service"));
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
        var decide = new DeadLetterRequest.Decide(request.uuid("messageId"), decision(verdict, request));
        return services.askOnce(
                        roster.known(request.text("service")),
                        decide,
                        Decided.class,
                        request.headers(),
                        services.deadline())
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
        var decide = new DeadLetterRequest.DecideAll(filter, decision(verdict, request), DECIDED_MAX);
        return roster.askAll(roster.asked(service), Decided.class, request.headers(), each -> decide)
                .map(answers -> Answer.ok(new DecidedAll(
                        answers.byService().values().stream()
                                .mapToInt(Decided::count)
                                .sum(),
                        answers.byService().values().stream().anyMatch(Decided::hasMore),
                        answers.unanswered())));
    }

    // What is asked

    private static Filter filter(Function<String, @Nullable String> values) {
        return new Filter(
                values.apply("source"),
                values.apply("type"),
                values.apply("key"),
                values.apply("reason"),
                Times.parse("since", values.apply("since")));
    }

    private static Decision decision(Verdict verdict, ValidRequest request) {
        return new Decision(verdict, request.by(), request.body().getString("why"));
    }
}
