package postbus.messaging.wire;

import io.vertx.core.Handler;
import io.vertx.core.eventbus.Message;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.Problem;

/**
 * Takes from the event bus only what can be read: of anything else a line is logged, whoever waits for an answer is told
 * so, and nothing happens.
 */
public final class Reading {
    private static final Logger LOG = LoggerFactory.getLogger(Reading.class);

    private Reading() {}

    /**
     * @param read makes of a body what it means; whatever it throws means that the body cannot be read
     * @param take is given what was read
     */
    public static <B, T> Handler<Message<B>> of(Function<B, T> read, BiConsumer<T, Message<B>> take) {
        return message -> {
            T value;
            try {
                value = read.apply(message.body()); // decoded here, once
            } catch (RuntimeException unreadable) {
                refuse(message, unreadable);
                return;
            }
            take.accept(value, message);
        };
    }

    /** Tells that a message cannot be read. */
    public static void refuse(Message<?> message, RuntimeException unreadable) {
        LOG.warn("message.unreadable address={} reason=\"{}\"", message.address(), oneLine(unreadable.toString()));
        if (message.replyAddress() != null) {
            message.fail(Problem.MALFORMED.code(), "the message cannot be read");
        }
    }

    /** What was sent may be quoted in it. */
    private static String oneLine(String text) {
        var line = text.replaceAll("[^\\x20-\\x7e]+", " ");
        return line.length() <= 200 ? line : line.substring(0, 200) + "…";
    }
}
