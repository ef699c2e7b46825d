package postbus.messaging.service;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Reply;
import postbus.messaging.search.FoundMessage;
import postbus.messaging.search.MessageFilter;
import postbus.messaging.search.MessageSearch;
import postbus.messaging.wire.Addresses;

/** What is asked about the messages that a service published; a {@link MessageDoor} answers. */
public sealed interface MessageRequest extends OperatorRequest {
    @Override
    default String address(String service) {
        return Addresses.messages(service, operation());
    }

    /** {@link MessageSearch#find}. */
    @Reply(MessageSearch.Page.class)
    record Find(MessageFilter filter, int limit, @Nullable Long before) implements MessageRequest {
        static final String OPERATION = "find.v1";

        @Override
        public String operation() {
            return OPERATION;
        }
    }

    /** {@link MessageSearch#get}; refused with not-found when it is not there. */
    @Reply(FoundMessage.class)
    record Get(UUID messageId) implements MessageRequest {
        static final String OPERATION = "get.v1";

        @Override
        public String operation() {
            return OPERATION;
        }
    }

    /** {@link MessageSearch#correlated}. */
    @Reply(MessageSearch.Related.class)
    record Correlated(UUID correlationId, Instant around, int limit) implements MessageRequest {
        static final String OPERATION = "correlated.v1";

        @Override
        public String operation() {
            return OPERATION;
        }
    }

    /** {@link MessageSearch#history}. */
    @Reply(MessageSearch.History.class)
    record History(String key, long after, Instant since) implements MessageRequest {
        static final String OPERATION = "history.v1";

        @Override
        public String operation() {
            return OPERATION;
        }
    }
}
