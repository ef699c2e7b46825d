package postbus.messaging.simulation;

/** A process that can stop, die and come back. What was meant for an earlier life of it is lost. */
abstract class Node {
    private final String name;
    private int life;
    private boolean isAlive;
    private boolean isPaused;

    Node(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    /** What its kind is called in the {@link Coverage}. */
    abstract String role();

    /** Differs each time it starts. */
    int life() {
        return life;
    }

    boolean isAlive() {
        return isAlive;
    }

    boolean isPaused() {
        return isPaused;
    }

    void pause(boolean isPaused) {
        this.isPaused = isPaused;
    }

    void start() {
        isAlive = true;
        started();
    }

    /** Its tasks are killed by the world. */
    void die() {
        isAlive = false;
        isPaused = false;
        life++;
        died();
    }

    abstract void started();

    abstract void died();

    @Override
    public String toString() {
        return name;
    }
}
