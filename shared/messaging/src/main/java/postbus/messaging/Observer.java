package postbus.messaging;

import java.util.List;

/**
 * Is told what becomes of messages, in order to count it. Called by the threads that do the work, event loops among them,
 * some thousands of times a second and by several at once: it must be quick, and neither block nor throw. What is told
 * here has happened, so it is committed where that is meant; a crash in between is counted by nobody.
 */
public interface Observer {
    /** Counts nothing. */
    Observer NOBODY = new Observer() {};

    /** So many messages were committed to the outbox of a source. */
    default void appended(String source, int messages) {}

    /** A cut, which took so long, gave positions to so many messages; none when there was nothing new. */
    default void cut(String source, long messages, long nanos) {}

    /** A batch was sent to a subscription, perhaps not for the first time. */
    default void delivered(String subscription, String source, int messages) {}

    /** Handlers were given so many messages in one transaction and took so long, whatever came of it. */
    default void handled(String subscription, int messages, long nanos) {}

    /** These were applied, and this is committed since just now. */
    default void applied(String subscription, List<Envelope> messages) {}

    /** A message that had failed is about to be tried again, in place or because it was parked. */
    default void retried(String subscription, String source) {}

    /** A message was parked: it failed, or waits behind another of its key. */
    default void parked(String subscription, String source) {}

    /** A message became a dead letter. */
    default void dead(String subscription, String source) {}

    /** A batch was refused as it is, since it could neither be applied nor parked. */
    default void refused(String subscription, String source) {}

    /** What a subscription keeps now of what it could not apply. Told every now and then, by each instance. */
    default void held(String subscription, List<Held> held) {}

    /** Whether a relay of this JVM leads a source, from now on. */
    default void leads(String source, boolean isActive) {}

    /**
     * What a subscription keeps of one source.
     *
     * @param parked tried again by themselves, or waiting behind such
     * @param dead waiting for a person
     */
    record Held(String source, long parked, long dead) {}
}
