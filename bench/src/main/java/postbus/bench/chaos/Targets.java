package postbus.bench.chaos;

import java.util.List;
import java.util.stream.Stream;

/**
 * What faults can strike in a run.
 *
 * @param instances nodes by name, such as {@code ordering-1}
 * @param hosts where they run; empty when all share this machine's network, and then there are no network faults
 */
record Targets(List<String> instances, List<String> hosts) {
    static final String DATABASE = "database";

    Targets {
        instances = List.copyOf(instances);
        hosts = List.copyOf(hosts);
    }

    /** What can be on a side of a cut: the hosts and the database. */
    List<String> parties() {
        return Stream.concat(hosts.stream(), Stream.of(DATABASE)).toList();
    }
}
