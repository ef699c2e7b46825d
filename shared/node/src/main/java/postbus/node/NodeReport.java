package postbus.node;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import postbus.messaging.MessageJson;
import postbus.messaging.Observer;
import postbus.messaging.UnreadableMessage;
import postbus.messaging.relay.RelayStatus;

/**
 * "I am here, this is how I am, and so much have I done since I started." Broadcast by every node each second; any of
 * them may be lost, since what is counted is counted from the start. Readers skip fields they do not know, and reports
 * of another version.
 *
 * @param version of this record's meaning
 * @param node the id of the member, or of a node alone
 * @param services it runs
 * @param build what it runs, such as {@code 0.1.0}
 * @param http where it answers HTTP, {@code host:port}; null while it does not yet
 * @param isLeaving it is about to end, and this is its last report
 * @param problems what keeps it from being ready; none when it is
 * @param cpu share of the machine's processors that the process used of late, 0 to 1
 * @param appended messages committed to outboxes, by source
 * @param flows messages applied
 * @param held what subscriptions here could not apply, by subscription; each instance counts the same
 * @param relays of this node
 */
public record NodeReport(
        int version,
        String node,
        List<String> services,
        String build,
        Instant startedAt,
        String host,
        long pid,
        @Nullable String http,
        boolean isLeaving,
        List<String> problems,
        long heapUsedBytes,
        double cpu,
        Map<String, Long> appended,
        List<Flow> flows,
        Map<String, List<Observer.Held>> held,
        List<RelayStatus> relays) {
    static final int VERSION = 1;

    /**
     * What came from one source to one subscription.
     *
     * @param retried attempts at messages that had failed before
     * @param handledWithin how many were handled within each of {@link #latencies}, those within the shorter ones included
     */
    public record Flow(String subscription, String source, long applied, long retried, List<Long> handledWithin) {}

    /** The times from commit to handled within which messages are counted, rising. */
    public static List<java.time.Duration> latencies() {
        return Measures.HANDLED_WITHIN;
    }

    Buffer toJson() {
        return MessageJson.write(this);
    }

    /** What a node said; empty when this one cannot read it. */
    public static Optional<NodeReport> of(Buffer json) {
        try {
            var report = MessageJson.read(json, NodeReport.class);
            return report.version() == VERSION ? Optional.of(report) : Optional.empty();
        } catch (UnreadableMessage other) {
            return Optional.empty();
        }
    }
}
