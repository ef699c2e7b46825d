package postbus.messaging.service;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Reply;
import postbus.messaging.subscription.DeadLetters;

/**
 * What operators ask a service about the dead letters of its subscription. Every {@link ServiceVerticle} answers, each
 * of these on an address of its own; ask with {@link ServiceClient}. No part of a service's contract.
 */
public sealed interface DeadLetterRequest {
    /** Ends the address; the form of the request is part of it. */
    String operation();

    /** {@link DeadLetters#list}. */
    @Reply(DeadLetters.Page.class)
    record Find(
            DeadLetters.Filter filter, int limit, @Nullable String after) implements DeadLetterRequest {
        static final String OPERATION = "find.v1";

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
