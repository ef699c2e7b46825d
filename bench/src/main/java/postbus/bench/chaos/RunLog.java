package postbus.bench.chaos;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the tool says: to standard output, and the same to {@code chaos.log} in the run's folder. Thread-safe. */
final class RunLog implements AutoCloseable {
    private final long begin = System.nanoTime();
    private final PrintWriter file;

    RunLog(Path folder) {
        try {
            file = new PrintWriter(Files.newBufferedWriter(folder.resolve("chaos.log")), true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A line with the seconds since the run began. */
    void note(String text) {
        line("%5d s  %s".formatted((System.nanoTime() - begin) / 1_000_000_000, text));
    }

    /** A line as it is. */
    synchronized void line(String text) {
        System.out.println(text);
        file.println(text);
    }

    @Override
    public synchronized void close() {
        file.close();
    }
}
