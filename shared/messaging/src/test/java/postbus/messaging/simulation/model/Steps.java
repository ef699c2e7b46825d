package postbus.messaging.simulation.model;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Work in direct style that stops before each of its steps until it is told to go on, so that one thread decides about
 * every interleaving. Tasks run on virtual threads that hand over to each other: never two at a time, and what one wrote
 * the next one sees. To be driven from a platform thread.
 */
public final class Steps {
    private final Carrier carrier = new Carrier();
    private final List<Task> alive = new ArrayList<>();
    private volatile @Nullable Task current;

    /** What ends a task in the middle; the code that is simulated lets it through, as it does with a broken JVM. */
    static final class Killed extends VirtualMachineError {
        private static final long serialVersionUID = 1L;

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }

    /** A piece of work, somewhere between two of its steps. */
    public final class Task {
        private final String name;
        private final Thread thread;
        private volatile @Nullable Thread driver;
        private volatile boolean hasTheTurn;
        private volatile boolean isDone;
        private volatile @Nullable Throwable failure;
        private BooleanSupplier until = () -> true;
        private String next = "begin";
        private boolean hasBegun;
        private boolean isKilled;

        private Task(String name, Runnable work) {
            this.name = name;
            this.thread = carrier.thread(() -> run(work));
        }

        private void run(Runnable work) {
            try {
                work.run();
            } catch (Killed killed) {
                // as it was told
            } catch (Throwable thrown) {
                failure = thrown;
            }
            isDone = true;
            hasTheTurn = false;
            LockSupport.unpark(driver);
        }

        public String name() {
            return name;
        }

        /** What it does when it goes on. */
        public String next() {
            return next;
        }

        public boolean isReady() {
            return !isDone && until.getAsBoolean();
        }

        public boolean isDone() {
            return isDone;
        }

        /** Lets it go on until it is about to do its next step. */
        public void step() {
            driver = Thread.currentThread();
            current = this;
            hasTheTurn = true;
            if (hasBegun) {
                LockSupport.unpark(thread);
            } else {
                hasBegun = true;
                thread.start();
            }
            while (hasTheTurn) {
                if (!carrier.run()) {
                    LockSupport.park(this);
                }
            }
            current = null;
            if (isDone) {
                alive.remove(this);
                if (failure != null) {
                    throw new IllegalStateException(name + " failed when it was about to " + next, failure);
                }
            }
        }

        /** Ends it where it is: it does none of its further steps. */
        public void kill() {
            isKilled = true;
            if (hasBegun && !isDone) {
                step();
            }
            isDone = true;
            alive.remove(this);
        }

        private void handOver(String next, BooleanSupplier until) {
            this.next = next;
            this.until = until;
            hasTheTurn = false;
            LockSupport.unpark(driver);
            while (!hasTheTurn) {
                LockSupport.park(this);
            }
            if (isKilled) {
                throw new Killed();
            }
        }
    }

    /** Makes a task, which waits to be told to begin. */
    public Task start(String name, Runnable work) {
        var task = new Task(name, work);
        alive.add(task);
        return task;
    }

    /** The task that runs now; null outside of tasks. */
    @Nullable
    Task current() {
        return current;
    }

    /** Those not done, the oldest first. */
    public List<Task> alive() {
        return alive;
    }

    /** Stops the task that calls this until it is told to do this step. Outside of tasks it does nothing. */
    public void before(String step) {
        if (current != null) {
            current.handOver(step, () -> true);
        }
    }

    /** Stops the task that calls this until something is so, and it is told to go on. */
    public void await(String step, BooleanSupplier until) {
        while (!until.getAsBoolean()) {
            if (current == null) {
                throw new IllegalStateException("only a task can wait: " + step);
            }
            current.handOver(step, until);
        }
    }

    /** Kills what is left, so that no thread stays behind. */
    public void end() {
        List.copyOf(alive).forEach(Task::kill);
    }
}
