package postbus.testkit.network;

/** Something wrong with the network. Faults add up: a packet passes that none of them stops. */
public interface Fault extends AutoCloseable {
    /** Ends this one; again does nothing. Connections that stood it go on by themselves, as TCP does. */
    void heal();

    @Override
    default void close() {
        heal();
    }
}
