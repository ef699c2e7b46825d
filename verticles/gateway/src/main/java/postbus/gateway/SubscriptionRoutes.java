package postbus.gateway;

import io.vertx.core.Future;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import postbus.messaging.service.FlowRequest;
import postbus.messaging.service.FlowRequest.Moved;
import postbus.messaging.service.FlowRequest.Paused;

/** Pauses, resumes and replays subscriptions, for operators. */
final class SubscriptionRoutes {
    private static final Pattern POSITION = Pattern.compile("[0-9]+");

    private final Services services;
    private final Roster roster;

    SubscriptionRoutes(Services services, Roster roster) {
        this.services = services;
        this.roster = roster;
    }

    private record Switched(String subscription, String source, boolean isPaused) {}

    private record Replayed(
            String subscription,
            String source,
            List<Long> before,
            List<Long> after,
            @Nullable Long messages,
            @Nullable Long passedOver,
            int parked) {}

    Future<Answer> pause(ValidRequest request) {
        return switchTo(request, new FlowRequest.Pause(source(request), request.by(), why(request)));
    }

    Future<Answer> resume(ValidRequest request) {
        return switchTo(request, new FlowRequest.Resume(source(request), request.by(), why(request)));
    }

    private Future<Answer> switchTo(ValidRequest request, FlowRequest wish) {
        var subscription = roster.known(request.text("subscription"));
        return services.ask(subscription, wish, Paused.class, request.headers())
                .map(paused -> Answer.ok(new Switched(subscription, source(request), paused.isPaused())));
    }

    Future<Answer> replay(ValidRequest request) {
        var subscription = roster.known(request.text("subscription"));
        var from = request.body().getString("from");
        var wish = new FlowRequest.Replay(
                source(request),
                POSITION.matcher(from).matches() ? "position:" + from : from,
                request.by(),
                why(request));
        return services.askOnce(subscription, wish, Moved.class, request.headers(), services.deadline())
                .map(moved -> Answer.ok(new Replayed(
                        subscription,
                        source(request),
                        moved.before(),
                        moved.after(),
                        moved.again(),
                        moved.passedOver(),
                        moved.parked())));
    }

    private static String source(ValidRequest request) {
        return request.text("source");
    }

    private static String why(ValidRequest request) {
        return request.body().getString("why");
    }
}
