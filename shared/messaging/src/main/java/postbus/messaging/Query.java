package postbus.messaging;

/** A question that changes nothing. It is asked by request/reply and never stored. */
public interface Query {}
