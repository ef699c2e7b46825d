package postbus.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import postbus.messaging.Envelope;
import postbus.messaging.Observer;

class MeasuresTest {
    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Measures measures = new Measures(registry, Clock.fixed(NOW, ZoneOffset.UTC));

    private static Envelope written(Instant time) {
        return new Envelope(
                UUID.randomUUID(),
                "ordering",
                "ordering.order-paid.v1",
                "7",
                time,
                null,
                UUID.randomUUID(),
                null,
                null,
                Buffer.buffer("{}"));
    }

    @Test
    void what_is_applied_is_counted_by_how_long_it_took_from_its_writing() {
        measures.applied("shipping", List.of(written(NOW.minusMillis(2)), written(NOW.minusMillis(40))));
        measures.applied("shipping", List.of(written(NOW.minusSeconds(4_000))));

        var flow = measures.flows().get(0);
        assertThat(flow.applied()).isEqualTo(3);
        assertThat(within(flow, Duration.ofMillis(1))).isZero();
        assertThat(within(flow, Duration.ofMillis(3))).isEqualTo(1);
        assertThat(within(flow, Duration.ofMillis(50))).isEqualTo(2);
        assertThat(within(flow, Duration.ofMinutes(5))).isEqualTo(2);
        assertThat(registry.scrape())
                .contains("postbus_commit_to_handled_seconds_bucket{messaging_consumer_group_name=\"shipping\","
                        + "messaging_destination_name=\"ordering\",le=\"0.05\"} 2");
    }

    @Test
    void a_message_from_a_clock_that_is_ahead_took_no_time() {
        measures.applied("shipping", List.of(written(NOW.plusSeconds(1))));
        assertThat(within(measures.flows().get(0), Duration.ofMillis(1))).isEqualTo(1);
    }

    @Test
    void what_else_becomes_of_messages_is_counted_by_subscription_and_source() {
        measures.delivered("shipping", "ordering", 5);
        measures.delivered("shipping", "ordering", 2);
        measures.retried("shipping", "ordering");
        measures.parked("shipping", "ordering");
        measures.dead("shipping", "ordering");
        measures.refused("shipping", "payment");
        assertThat(count("postbus.delivered.batches", "ordering")).isEqualTo(2);
        assertThat(count("postbus.delivered.messages", "ordering")).isEqualTo(7);
        assertThat(count("postbus.retried.messages", "ordering")).isEqualTo(1);
        assertThat(count("postbus.parked.messages", "ordering")).isEqualTo(1);
        assertThat(count("postbus.dead.messages", "ordering")).isEqualTo(1);
        assertThat(count("postbus.refused.batches", "ordering")).isZero();
        assertThat(count("postbus.refused.batches", "payment")).isEqualTo(1);
    }

    private double count(String name, String source) {
        return registry.get(name)
                .tags(Measures.GROUP, "shipping", Measures.DESTINATION, source)
                .counter()
                .count();
    }

    private static long within(NodeReport.Flow flow, Duration limit) {
        return flow.handledWithin().get(NodeReport.latencies().indexOf(limit));
    }

    @Test
    void a_report_is_read_as_it_was_written_and_one_of_another_version_is_not() {
        measures.appended("ordering", 3);
        measures.applied("shipping", List.of(written(NOW)));
        var report = report(NodeReport.VERSION);
        assertThat(NodeReport.of(report.toJson())).contains(report);
        assertThat(NodeReport.of(report(NodeReport.VERSION + 1).toJson())).isEmpty();
        assertThat(NodeReport.of(Buffer.buffer("not JSON"))).isEmpty();
    }

    private NodeReport report(int version) {
        return new NodeReport(
                version,
                "id",
                List.of("shipping"),
                "0.1.0",
                NOW,
                "host",
                7,
                null,
                false,
                List.of("database: away"),
                1,
                0.25,
                measures.appended(),
                measures.flows(),
                Map.of("shipping", List.of(new Observer.Held("ordering", 1, 2))),
                List.of());
    }
}
