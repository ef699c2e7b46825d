package postbus.messaging.simulation.model;

import postbus.messaging.Envelope;

/** What a transaction did that somebody has been promised something about. */
public sealed interface Fact {
    /** A message is in the outbox, with this id of the sequence. */
    record Written(Tx tx, long id, Envelope message) implements Fact {}

    /** A message has a position. */
    record Cut(Tx tx, int lane, long position, Written written) implements Fact {}

    /** A batch moved a subscription's cursor. */
    record CursorMoved(String subscription, int lane, long from, long to) implements Fact {}

    /** A handler took a message and is content. */
    record Applied(String subscription, Envelope message) implements Fact {}

    /** A message will be applied later. */
    record SetAside(String subscription, Envelope message) implements Fact {}
}
