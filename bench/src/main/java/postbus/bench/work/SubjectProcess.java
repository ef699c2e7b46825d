package postbus.bench.work;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The process of one candidate, with the JVM options of this one; see {@link postbus.bench.subject.Conversation}. What it
 * prints otherwise is in its log. Closing kills it.
 */
final class SubjectProcess implements AutoCloseable {
    private static final Duration ANSWER_MAX = Duration.ofMinutes(10);
    private static final String END = "failed its process ended, see ";

    private final Process process;
    private final Writer in;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

    /** What it says of itself. */
    record Greeting(String version, Map<String, String> settings) {}

    SubjectProcess(Candidate candidate, String url, int producers, Path log) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add("-cp");
        command.add(candidate.classPath());
        command.add(candidate.main());
        command.add(candidate.name());
        command.add(url);
        command.add(String.valueOf(producers));
        try {
            Files.createDirectories(log.toAbsolutePath().getParent());
            process = new ProcessBuilder(command).redirectError(log.toFile()).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        in = process.outputWriter();
        var out = process.inputReader();
        Thread.ofPlatform().daemon().start(() -> read(out, END + log));
    }

    private void read(BufferedReader out, String end) {
        try (out) {
            for (var line = out.readLine(); line != null; line = out.readLine()) {
                answers.add(line);
            }
        } catch (IOException e) {
            // ended, as below
        }
        answers.add(end);
    }

    /** Before anything else. */
    Greeting awaitReady() throws InterruptedException {
        var settings = new LinkedHashMap<String, String>();
        while (true) {
            var line = answer();
            if (line.startsWith("ready ")) {
                return new Greeting(line.substring("ready ".length()), settings);
            }
            var setting = line.substring("setting ".length()).split("=", 2);
            settings.put(setting[0], setting[1]);
        }
    }

    /** Has it do something; returns its figures. */
    Map<String, Double> tell(String command) throws InterruptedException {
        try {
            in.write(command + "\n");
            in.flush();
        } catch (IOException e) {
            // it has ended, which is read below
        }
        var figures = new LinkedHashMap<String, Double>();
        for (var figure : answer().substring("done".length()).strip().split(" ", -1)) {
            if (!figure.isEmpty()) {
                var parts = figure.split("=", 2);
                figures.put(parts[0], Double.valueOf(parts[1]));
            }
        }
        return figures;
    }

    /** The next line; what failed is an exception. */
    private String answer() throws InterruptedException {
        var line = answers.poll(ANSWER_MAX.toMillis(), TimeUnit.MILLISECONDS);
        if (line == null) {
            throw new IllegalStateException("no answer in " + ANSWER_MAX);
        }
        if (line.startsWith("failed ")) {
            throw new IllegalStateException(line.substring("failed ".length()));
        }
        return line;
    }

    /** What it has used since it was started. */
    Duration cpu() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
