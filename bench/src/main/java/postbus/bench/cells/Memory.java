package postbus.bench.cells;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** What a process of this machine has in memory. */
final class Memory {
    private static final double MIB = 1 << 20;

    private Memory() {}

    /** By {@code ps}, as Linux and macOS have it. */
    static double residentMiB(long pid) {
        try {
            var ps = new ProcessBuilder("ps", "-o", "rss=", "-p", String.valueOf(pid)).start();
            var said = new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return Long.parseLong(said.strip().toLowerCase(Locale.ROOT)) / 1024.0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** This process, looked at again and again until {@link #end}. */
    static final class Watch {
        private final Thread looking;
        private final List<Double> heap = new ArrayList<>();
        private final List<Double> resident = new ArrayList<>();
        private volatile boolean isOver;

        Watch(Duration every) {
            looking = Thread.ofVirtual().start(() -> {
                while (!isOver) {
                    look();
                    LockSupport.parkNanos(every.toNanos());
                }
            });
        }

        private void look() {
            var runtime = Runtime.getRuntime();
            heap.add((runtime.totalMemory() - runtime.freeMemory()) / MIB);
            resident.add(residentMiB(ProcessHandle.current().pid()));
        }

        /** The most that was seen, in the first half of the time and in the second: alike when nothing grows. */
        Map<String, Double> end() throws InterruptedException {
            isOver = true;
            LockSupport.unpark(looking);
            looking.join();
            look();
            var figures = new LinkedHashMap<String, Double>();
            figures.put("MiB heap, first half", max(heap, 0));
            figures.put("MiB heap, second half", max(heap, 1));
            figures.put("MiB resident, first half", max(resident, 0));
            figures.put("MiB resident, second half", max(resident, 1));
            return figures;
        }

        private static double max(List<Double> seen, int half) {
            int middle = (seen.size() + 1) / 2;
            var part = half == 0 ? seen.subList(0, middle) : seen.subList(middle, seen.size());
            return part.stream().mapToDouble(Double::doubleValue).max().orElse(seen.get(0));
        }
    }
}
