package postbus.gateway;

import io.vertx.core.Future;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.service.FlowRequest;
import postbus.messaging.trail.Trail;

/** What people decided about the subscriptions of all services, the newest first. */
final class DecisionRoutes {
    private static final Comparator<Listed> NEWEST_FIRST =
            Comparator.comparing(Listed::at).reversed().thenComparing(Listed::service);

    private final Roster roster;

    DecisionRoutes(Roster roster) {
        this.roster = roster;
    }

    private record Listed(
            Instant at,
            String by,
            String why,
            String what,
            String service,
            String source,
            @Nullable UUID messageId,
            @Nullable String type,
            @Nullable String key,
            @Nullable String detail) {
        static Listed of(String service, Trail.Decision decision) {
            return new Listed(
                    decision.at(),
                    decision.by(),
                    decision.why(),
                    decision.what().text(),
                    service,
                    decision.source(),
                    decision.messageId(),
                    decision.type(),
                    decision.key(),
                    decision.detail());
        }
    }

    private record ListedPage(
            List<Listed> decisions, @Nullable String next, List<String> unanswered) {}

    /** A place among the decisions of all services: one service's own, and by time one of each other. */
    private record After(String service, String place, Instant at) {
        private static final Pattern TEXT = Pattern.compile("([^/]+)/(([^/]+)/.+)");

        static After parse(String text) {
            var parts = TEXT.matcher(text);
            try {
                if (parts.matches()) {
                    return new After(parts.group(1), parts.group(2), Instant.parse(parts.group(3)));
                }
            } catch (DateTimeException e) {
                // reported below
            }
            throw new Refusal(Problem.INVALID, "after must be the next of a page, is '" + text + "'", "/after");
        }

        /** Decisions of one time are in the order of their services. */
        String placeOf(String other) {
            int order = other.compareTo(service);
            return order == 0 ? place : order < 0 ? Trail.after(at) : Trail.before(at);
        }
    }

    Future<Answer> list(ValidRequest request) {
        int limit = request.number("limit");
        var text = request.textIfGiven("after");
        var after = text == null ? null : After.parse(text);
        return roster.askAll(
                        roster.asked(request.textIfGiven("service")),
                        Trail.Page.class,
                        request.headers(),
                        service -> new FlowRequest.Decisions(limit, after == null ? null : after.placeOf(service)))
                .map(answers -> Answer.ok(merge(answers, limit)));
    }

    private record Placed(Listed listed, String place) {}

    private static ListedPage merge(Roster.Answers<Trail.Page> answers, int limit) {
        var all = answers.byService().entrySet().stream()
                .flatMap(answer -> answer.getValue().decisions().stream()
                        .map(each -> new Placed(Listed.of(answer.getKey(), each), each.place())))
                .sorted(Comparator.comparing(Placed::listed, NEWEST_FIRST)) // keeps each service's own order
                .toList();
        var page = all.stream().limit(limit).toList();
        var hasMore =
                all.size() > limit || answers.byService().values().stream().anyMatch(each -> each.next() != null);
        return new ListedPage(
                page.stream().map(Placed::listed).toList(),
                hasMore ? place(page.get(page.size() - 1)) : null,
                answers.unanswered());
    }

    private static String place(Placed last) {
        return last.listed().service() + "/" + last.place();
    }
}
