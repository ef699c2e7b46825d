package postbus.messaging;

/** A wish that exactly one service, the one its type names, carries out or refuses. */
public non-sealed interface Command extends Message {}
