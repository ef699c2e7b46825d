package postbus.messaging.service;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Reply;
import postbus.messaging.subscription.DeadLetters;
import postbus.messaging.wire.Addresses;

/** What operators ask a service about the dead letters of its subscription. */
public sealed interface DeadLetterRequest extends OperatorRequest {
    @Override
    default String address(String service) {
        return Addresses.deadLetters(service, operation());
    }

    /**
     * {@link DeadLetters#list}.
     *
     * @param which null, as older versions ask: dead ones
     */
    @Reply(DeadLetters.Page.class)
    record Find(
            DeadLetters.Filter filter,
            DeadLetters.@Nullable Which which,
            int limit,
            @Nullable String after) implements DeadLetterRequest {
        static final String OPERATION = "find.v1";

        @Override
        public String operation() {
            return OPERATION;
        }
    }

    /** {@link DeadLetters#groups}. */
    @Reply(DeadLetters.Groups.class)
    record Group(DeadLetters.Which which) implements DeadLetterRequest {
        static final String OPERATION = "group.v1";

        @Override
        public String operation() {
            return OPERATION;
        }
    }

    /** {@link DeadLetters#get}. */
    @Reply(DeadLetters.Detail.class)
    record Get(UUID messageId) implements DeadLetterRequest {
        static final String OPERATION = "get.v1";

        @Override
        public String operation() {
            return OPERATION;
        }
    }

    /** {@link DeadLetters#decide(UUID, DeadLetters.Decision)}. */
    @Reply(DeadLetters.Decided.class)
    record Decide(UUID messageId, DeadLetters.Decision decision) implements DeadLetterRequest {
        static final String OPERATION = "decide.v1";

        @Override
        public String operation() {
            return OPERATION;
        }
    }

    /**
     * {@link DeadLetters#decide(DeadLetters.Filter, DeadLetters.Decision, int)}.
     *
     * @param countMax what fits in the time a caller waits
     */
    @Reply(DeadLetters.Decided.class)
    record DecideAll(DeadLetters.Filter filter, DeadLetters.Decision decision, int countMax)
            implements DeadLetterRequest {
        static final String OPERATION = "decide-all.v1";

        @Override
        public String operation() {
            return OPERATION;
        }
    }
}
