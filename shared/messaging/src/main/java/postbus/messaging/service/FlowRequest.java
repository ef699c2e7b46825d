package postbus.messaging.service;

import java.util.List;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Reply;
import postbus.messaging.subscription.Pauses;
import postbus.messaging.trail.Trail;
import postbus.messaging.wire.Addresses;

/** What operators ask a service about the flow of its subscription. */
public sealed interface FlowRequest extends OperatorRequest {
    @Override
    default String address(String service) {
        return Addresses.flow(service, operation());
    }

    /** {@link Pauses#pause}; again has no effect. */
    @Reply(Paused.class)
    record Pause(String source, String by, String why) implements FlowRequest {
        static final String OPERATION = "pause.v1";

        @Override
        public String operation() {
            return OPERATION;
        }
    }

    /** {@link Pauses#resume}; again has no effect. */
    @Reply(Paused.class)
    record Resume(String source, String by, String why) implements FlowRequest {
        static final String OPERATION = "resume.v1";

        @Override
        public String operation() {
            return OPERATION;
        }
    }

    /** @param isPaused how it is now */
    record Paused(boolean isPaused) {}

    /**
     * {@link postbus.messaging.replay.Replay#run}; again does it again.
     *
     * @param to {@code oldest}, {@code now}, {@code position:4711} or a time
     */
    @Reply(Moved.class)
    record Replay(String source, String to, String by, String why) implements FlowRequest {
        static final String OPERATION = "replay.v1";

        @Override
        public String operation() {
            return OPERATION;
        }
    }

    /**
     * What a replay did, as {@link postbus.messaging.replay.Replay.Move}.
     *
     * @param again null when the source is in another database
     * @param passedOver null when the source is in another database
     */
    record Moved(
            List<Long> before,
            List<Long> after,
            @Nullable Long again,
            @Nullable Long passedOver,
            int parked) {}

    /** {@link Trail#page}. */
    @Reply(Trail.Page.class)
    record Decisions(int limit, @Nullable String after) implements FlowRequest {
        static final String OPERATION = "decisions.v1";

        @Override
        public String operation() {
            return OPERATION;
        }
    }
}
