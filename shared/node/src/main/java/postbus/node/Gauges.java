package postbus.node;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import postbus.node.NodeContext.Reading;

/** Gauges whose label values come and go, such as one for each subscription. Thread-safe. */
final class Gauges {
    static final int READINGS_MAX = 10_000;

    private final MeterRegistry registry;
    private final List<Runnable> refreshes = new CopyOnWriteArrayList<>();

    Gauges(MeterRegistry registry) {
        this.registry = registry;
    }

    void add(String name, String unit, String description, List<String> labels, Supplier<List<Reading>> readings) {
        var gauge = MultiGauge.builder(name)
                .baseUnit(unit.isEmpty() ? null : unit)
                .description(description)
                .register(registry);
        refreshes.add(() -> gauge.register(
                readings.get().stream()
                        .limit(READINGS_MAX)
                        .map(reading -> MultiGauge.Row.of(tags(labels, reading), reading.value()))
                        .toList(),
                true));
    }

    private static Tags tags(List<String> labels, Reading reading) {
        return IntStream.range(0, labels.size())
                .mapToObj(i -> Tags.of(labels.get(i), reading.labelValues().get(i)))
                .reduce(Tags.empty(), Tags::and);
    }

    /** To be called before the registry is read. */
    void refresh() {
        refreshes.forEach(Runnable::run);
    }
}
