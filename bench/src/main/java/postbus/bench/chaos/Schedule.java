package postbus.bench.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which fault strikes when. As text it is a line a fault, {@code 20s stop outbox-1 for 40s}; empty lines and what follows
 * a {@code #} count for nothing.
 *
 * @param entries by time
 */
record Schedule(List<Entry> entries) {
    /** @param at after the load began */
    record Entry(Duration at, Fault fault) {
        Duration end() {
            return at.plus(fault.duration());
        }

        @Override
        public String toString() {
            return FaultText.write(at) + " " + FaultText.write(fault);
        }
    }

    Schedule {
        entries = entries.stream().sorted(Comparator.comparing(Entry::at)).toList();
    }

    /** Reads what {@link #lines} writes; what is wrong is an {@link IllegalArgumentException} that names the line. */
    static Schedule read(List<String> lines, Targets targets) {
        var entries = new ArrayList<Entry>();
        for (int number = 1; number <= lines.size(); number++) {
            var line = lines.get(number - 1).replaceFirst("#.*", "").strip();
            if (!line.isEmpty()) {
                entries.add(entry(number, line, targets));
            }
        }
        return new Schedule(entries);
    }

    private static Entry entry(int number, String line, Targets targets) {
        try {
            var parts = line.split("\\s+", 2);
            var at = FaultText.readDuration(parts[0]);
            return new Entry(at, FaultText.read(parts.length == 2 ? parts[1] : "", targets));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("line " + number + ": " + e.getMessage());
        }
    }

    List<String> lines() {
        return entries.stream().map(Entry::toString).toList();
    }

    /** When the last fault is over. */
    Duration end() {
        return entries.stream().map(Entry::end).max(Comparator.naturalOrder()).orElse(Duration.ZERO);
    }
}
