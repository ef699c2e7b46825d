package postbus.messaging.transaction;

/**
 * Tells the relay that there is something to do. A hint: one that is lost costs latency, never a message, since the
 * relay also looks by itself from time to time. Called on an event loop.
 */
public interface Wake {
    /** Messages were committed. */
    void appended();

    /** A command was scheduled for later. */
    void scheduled();
}
