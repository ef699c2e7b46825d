package postbus.shop.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends many odd requests over several connections, a few at once on each where requests end where they say, and
 * gathers every answer that is not as the contract has it.
 */
public final class HttpFuzz {
    private static final int CONNECTIONS = 16;
    private static final int AT_ONCE_MAX = 4;
    /** More are not described. */
    private static final int FAILURES_MAX = 20;

    private final int port;
    private final long seed;
    private final Path folder;
    private final RequestGenerator generator;
    private final Judge judge;
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final Map<Integer, AtomicInteger> statuses = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> accepted = new ConcurrentHashMap<>();

    /**
     * @param contract as YAML
     * @param orderIds of orders that there are
     * @param folder for requests that were answered wrongly, in files of bytes
     */
    public HttpFuzz(int port, String contract, long seed, List<String> orderIds, Path folder) {
        var read = new Contract(contract);
        this.port = port;
        this.seed = seed;
        this.folder = folder;
        this.generator = new RequestGenerator(read, seed, orderIds);
        this.judge = new Judge(read);
    }

    /** Sends requests number {@code from} to {@code to}, exclusive; returns what was wrong, at most some dozens. */
    public List<String> send(int from, int to) throws InterruptedException {
        var next = new AtomicInteger(from);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CONNECTIONS; i++) {
                threads.submit(() -> {
                    for (int first = next.getAndAdd(AT_ONCE_MAX);
                            first < to && failures.size() < FAILURES_MAX;
                            first = next.getAndAdd(AT_ONCE_MAX)) {
                        sendFew(first, Math.min(to, first + AT_ONCE_MAX));
                    }
                });
            }
        }
        return List.copyOf(failures);
    }

    /** How often each status came. */
    public Map<Integer, Integer> statuses() {
        var counts = new TreeMap<Integer, Integer>();
        statuses.forEach((status, count) -> counts.put(status, count.get()));
        return counts;
    }

    /** How often a request for each operation was taken. */
    public Map<String, Integer> accepted() {
        var counts = new TreeMap<String, Integer>();
        accepted.forEach((operation, count) -> counts.put(operation, count.get()));
        return counts;
    }

    private void sendFew(int from, int to) {
        var waiting = new ArrayList<Request>();
        for (int number = from; number < to; number++) {
            var request = generator.request(number);
            if (request.isWellBounded()) {
                waiting.add(request);
            } else {
                exchange(List.of(request));
            }
        }
        exchange(waiting);
    }

    /** Sends all at once, and those anew that came after the end of the connection. */
    private void exchange(List<Request> requests) {
        var left = new ArrayList<>(requests);
        while (!left.isEmpty()) {
            var answered = 0;
            try (var connection = new Connection(port)) {
                write(connection, left);
                for (var request : left) {
                    var answer = connection.read(request.isHead());
                    answered++;
                    judge(request, answer);
                    if (answer.isLast()) {
                        break;
                    }
                }
            } catch (IOException | RuntimeException e) {
                var request = left.get(answered);
                answered++;
                if (!request.mayBeCutOff() || !(e instanceof IOException)) {
                    fail(request, "no answer: " + e);
                }
            }
            left.subList(0, answered).clear();
        }
    }

    private static void write(Connection connection, List<Request> requests) throws IOException {
        try {
            for (var request : requests) {
                connection.write(request.bytes().getBytes());
                if (request.isCutShort()) {
                    connection.endWriting();
                }
            }
        } catch (IOException closed) {
            // The gateway may have said all that it had to say
        }
    }

    private void judge(Request request, Answer answer) {
        statuses.computeIfAbsent(answer.status(), status -> new AtomicInteger()).incrementAndGet();
        if (request.operation() != null && answer.status() < 300) {
            accepted.computeIfAbsent(request.operation().id(), id -> new AtomicInteger())
                    .incrementAndGet();
        }
        var complaints = judge.complaints(request, answer);
        if (!complaints.isEmpty()) {
            fail(request, complaints + "\n    " + answer);
        }
    }

    private void fail(Request request, String what) {
        var file = folder.resolve(request.number() + ".http");
        try {
            Files.createDirectories(folder);
            Files.write(file, request.bytes().getBytes());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        failures.add("seed " + seed + " number " + request.number() + " (" + request.tricks() + "), bytes in " + file
                + "\n    " + request.shown() + "\n  was answered\n    " + what);
    }
}
