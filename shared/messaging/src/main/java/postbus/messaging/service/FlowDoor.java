package postbus.messaging.service;

import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.replay.NotReplayable;
import postbus.messaging.replay.Replay;
import postbus.messaging.replay.Target;
import postbus.messaging.subscription.Pauses;
import postbus.messaging.trail.Signed;
import postbus.messaging.trail.Trail;

/** Lets operators at the flow of a service's subscription over the event bus. */
final class FlowDoor {
    private final Pauses pauses;
    private final Replay replay;
    private final Trail trail;
    private final Answering answering;
    private final Runnable onChange;

    /** @param onChange told when the subscription is to go on from elsewhere, to stop, or to go on */
    FlowDoor(Pauses pauses, Replay replay, Trail trail, Answering answering, Runnable onChange) {
        this.pauses = pauses;
        this.replay = replay;
        this.trail = trail;
        this.answering = answering;
        this.onChange = onChange;
    }

    /** By operation. */
    Map<String, Answering.Endpoint> endpoints() {
        return Map.of(
                FlowRequest.Pause.OPERATION,
                answering.operation(FlowRequest.Pause.class, this::pause),
                FlowRequest.Resume.OPERATION,
                answering.operation(FlowRequest.Resume.class, this::resume),
                FlowRequest.Replay.OPERATION,
                answering.operation(FlowRequest.Replay.class, this::replay),
                FlowRequest.Decisions.OPERATION,
                answering.operation(FlowRequest.Decisions.class, asked -> trail.page(asked.limit(), asked.after())));
    }

    private FlowRequest.Paused pause(FlowRequest.Pause asked) {
        pauses.pause(asked.source(), new Signed(asked.by(), asked.why()));
        onChange.run();
        return new FlowRequest.Paused(true);
    }

    private FlowRequest.Paused resume(FlowRequest.Resume asked) {
        pauses.resume(asked.source(), new Signed(asked.by(), asked.why()));
        onChange.run();
        return new FlowRequest.Paused(false);
    }

    private FlowRequest.Moved replay(FlowRequest.Replay asked) {
        var signed = new Signed(asked.by(), asked.why());
        try {
            var move = replay.run(asked.source(), target(asked.to()), signed.by(), signed.why());
            onChange.run();
            return new FlowRequest.Moved(
                    move.before(), move.after(), orNull(move.again()), orNull(move.passedOver()), move.parked());
        } catch (NotReplayable refused) {
            throw new Refusal(
                    refused.isUnknown() ? Problem.NOT_FOUND : Problem.CONFLICT, String.valueOf(refused.getMessage()));
        }
    }

    private static Target target(String text) {
        try {
            return Target.parse(text);
        } catch (IllegalArgumentException wrong) {
            throw new Refusal(Problem.INVALID, String.valueOf(wrong.getMessage()), "/from");
        }
    }

    private static @Nullable Long orNull(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : null;
    }
}
