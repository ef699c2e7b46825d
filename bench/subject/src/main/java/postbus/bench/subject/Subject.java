package postbus.bench.subject;

import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A system that takes a message from a producer's transaction to a handler. It is opened, takes orders of which nothing
 * is delivered, is then told to deliver, and takes more. It is never closed: its process is ended.
 */
public interface Subject {
    /** As its makers give it. */
    String version();

    /** What was set, and why where that is not plain; the rest is as it comes. */
    Map<String, String> settings();

    /** Makes the tables of the work, see {@link Tables}, and its own. */
    void open() throws Exception;

    /**
     * Commits one order, with {@link Order#INSERT}, and tells {@link Watch#committed} at once. Called from many threads of
     * {@link #threads}.
     *
     * @param isTold whether a message about it commits with it
     */
    void take(Order order, boolean isTold) throws Exception;

    /**
     * From here on every message is given to a handler, which tells {@link Watch#handled} and then executes {@link
     * Order#HANDLE}. Messages of before are forgotten. Returns when a message that is committed now is delivered.
     */
    void deliver() throws Exception;

    /** Threads for producers: platform threads, which a blocking driver is made for. The caller closes them. */
    default ExecutorService threads() {
        return Executors.newCachedThreadPool();
    }
}
