package postbus.messaging;

/** An integration event: a past fact of its source, for any number of receivers, which the source does not know. */
public non-sealed interface Event extends Message {}
