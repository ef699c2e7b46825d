package postbus.gateway;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.messaging.MessageJson;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.search.FoundMessage;
import postbus.messaging.search.MessageFilter;
import postbus.messaging.search.MessageSearch;
import postbus.messaging.search.MessageSummary;
import postbus.messaging.service.MessageRequest;
import postbus.messaging.service.RequestHeaders;

/** Messages of all sources, for people. */
final class MessageRoutes {
    private static final Comparator<MessageSummary> NEWEST_FIRST = Comparator.comparing(MessageSummary::time)
            .thenComparing(MessageSummary::messageId)
            .reversed();

    private final Services services;
    private final Roster sources;

    MessageRoutes(Services services, Roster sources) {
        this.services = services;
        this.sources = sources;
    }

    private record ListedPage(
            List<MessageSummary> messages, @Nullable String next, List<String> unanswered) {}

    private record Shown(
            @JsonUnwrapped MessageSummary summary, @Nullable String traceparent, String data, boolean isJson) {}

    private record Tree(List<MessageSummary> messages, boolean isComplete, List<String> unanswered) {}

    /**
     * The newest of all sources. Each source gives a page of its own; what is older than the end of a source's page that
     * goes on is left for the next, since that source may have more between.
     */
    Future<Answer> find(ValidRequest request) {
        int limit = request.number("limit");
        var places = Places.parse(request.textIfGiven("after"), "/after");
        var filter = filter(request);
        var asked = sources.asked(request.textIfGiven("source")).stream()
                .filter(source -> places.isEmpty() || places.get(source) != null)
                .toList();
        return sources.askAll(
                        asked,
                        MessageSearch.Page.class,
                        request.headers(),
                        source -> new MessageRequest.Find(filter, limit, places.get(source)))
                .map(answers -> Answer.ok(merge(answers, places, limit)));
    }

    private static ListedPage merge(Roster.Answers<MessageSearch.Page> answers, Places places, int limit) {
        var pages = answers.byService();
        var fromWhen = pages.values().stream()
                .filter(page -> page.next() != null && !page.messages().isEmpty())
                .map(page -> page.messages().get(page.messages().size() - 1).time())
                .max(Comparator.naturalOrder())
                .orElse(Instant.MIN);
        var shown = pages.values().stream()
                .flatMap(page -> page.messages().stream())
                .filter(message -> !message.time().isBefore(fromWhen))
                .sorted(NEWEST_FIRST)
                .limit(limit)
                .toList();
        var next = new Places();
        for (var source : answers.unanswered()) {
            var place = places.get(source);
            if (place != null) {
                next.put(source, place);
            }
        }
        pages.forEach((source, page) -> {
            var left = page.messages().stream()
                    .filter(message -> !shown.contains(message))
                    .findFirst();
            if (left.isPresent()) {
                next.put(source, left.get().positionOr(Long.MAX_VALUE - 1) + 1);
            } else if (page.next() != null) {
                next.put(source, page.next());
            }
        });
        return new ListedPage(shown, next.isEmpty() ? null : next.toString(), answers.unanswered());
    }

    Future<Answer> get(ValidRequest request) {
        return find(request.uuid("messageId"), request.headers()).map(found -> Answer.ok(shown(found)));
    }

    private static Shown shown(FoundMessage found) {
        var isJson = MessageJson.isJson(found.envelope().data());
        return new Shown(found.summary(), found.traceparent(), found.data(), isJson);
    }

    /** In whichever source it is. */
    private Future<FoundMessage> find(UUID messageId, RequestHeaders headers) {
        var get = new MessageRequest.Find(MessageFilter.ofId(messageId), 1, null);
        return sources.askAll(sources.asked(null), MessageSearch.Page.class, headers, source -> get)
                .compose(answers -> answers.byService().entrySet().stream()
                        .filter(answer -> !answer.getValue().messages().isEmpty())
                        .findFirst()
                        .map(Map.Entry::getKey)
                        .map(source ->
                                services.ask(source, new MessageRequest.Get(messageId), FoundMessage.class, headers))
                        .orElseGet(() -> Future.failedFuture(missing(messageId, answers.unanswered()))));
    }

    private static Refusal missing(UUID messageId, List<String> unanswered) {
        return unanswered.isEmpty()
                ? new Refusal(Problem.NOT_FOUND, "there is no message with id " + messageId + " (any more)")
                : new Refusal(Problem.UNAVAILABLE, "not found, but not asked: " + String.join(", ", unanswered));
    }

    /** What belongs together: all with the correlation id of one. */
    Future<Answer> tree(ValidRequest request) {
        int limit = request.number("limit");
        return find(request.uuid("messageId"), request.headers())
                .compose(found -> sources.askAll(
                        sources.asked(null),
                        MessageSearch.Related.class,
                        request.headers(),
                        source -> new MessageRequest.Correlated(
                                found.summary().correlationId(), found.summary().time(), limit)))
                .map(answers -> Answer.ok(tree(answers)));
    }

    private static Tree tree(Roster.Answers<MessageSearch.Related> answers) {
        var messages = new ArrayList<MessageSummary>();
        answers.byService().values().forEach(related -> messages.addAll(related.messages()));
        messages.sort(NEWEST_FIRST.reversed());
        return new Tree(
                messages,
                answers.unanswered().isEmpty()
                        && answers.byService().values().stream().allMatch(MessageSearch.Related::isComplete),
                answers.unanswered());
    }

    private static MessageFilter filter(ValidRequest request) {
        return new MessageFilter(
                request.uuidIfGiven("id"),
                request.textIfGiven("key"),
                request.uuidIfGiven("correlationId"),
                request.textIfGiven("type"),
                Times.parse("since", request.textIfGiven("since")),
                Times.parse("until", request.textIfGiven("until")));
    }
}
