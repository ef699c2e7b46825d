package postbus.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import postbus.messaging.trace.Tracing;

@Timeout(60)
class TracesTest {
    /** Nobody listens there. */
    private static final String NOWHERE = "http://127.0.0.1:9";

    private static final class Idle extends VerticleBase {
        @Override
        public Future<?> start() {
            return Future.succeededFuture();
        }
    }

    private static Node node(String... settings) {
        var node = Node.alone();
        var all = settings.length == 0
                ? Map.of("HTTP_PORT", "0")
                : Map.of(
                        "HTTP_PORT",
                        "0",
                        "OTEL_EXPORTER_OTLP_ENDPOINT",
                        settings[0],
                        "OTEL_TRACES_SAMPLER_ARG",
                        settings[1]);
        node.deploy(List.of(NodeService.withoutSchema("idle", context -> new Idle())), name -> Settings.of(all));
        return node;
    }

    private static long sendingThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("BatchSpanProcessor"))
                .filter(Thread::isAlive)
                .count();
    }

    @Test
    void without_an_endpoint_nothing_is_traced_and_nothing_started() {
        var before = sendingThreads();
        var node = node();
        try {
            assertThat(Tracing.of(node.vertx(), "idle")).isSameAs(Tracing.OFF);
            assertThat(sendingThreads()).isEqualTo(before);
        } finally {
            node.close();
        }
    }

    @Test
    void a_trace_that_begins_here_is_kept_by_the_ratio_and_one_that_came_by_its_flag() {
        var node = node(NOWHERE, "0");
        try {
            var tracing = Tracing.of(node.vertx(), "idle");
            assertThat(tracing.isOn()).isTrue();
            assertThat(sendingThreads()).isEqualTo(1);
            var begun = tracing.span("begun", SpanKind.SERVER, null).startSpan();
            assertThat(isKept(begun)).isFalse();
            var kept = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
            var came = tracing.span("came", SpanKind.SERVER, kept).startSpan();
            assertThat(Tracing.traceparent(came)).startsWith("00-0af7651916cd43dd8448eb211c80319c-");
            assertThat(isKept(came)).isTrue();
            var apart = tracing.span("apart", SpanKind.INTERNAL, null)
                    .addLink(Tracing.context(kept))
                    .startSpan();
            assertThat(isKept(apart)).as("it has a link to what is kept").isTrue();
        } finally {
            node.close(); // does not wait for a collector that is away
        }
    }

    private static boolean isKept(Span span) {
        return Tracing.context(Tracing.traceparent(span)).isSampled();
    }

    @ParameterizedTest
    @CsvSource({
        "OTEL_EXPORTER_OTLP_ENDPOINT, localhost:4318",
        "OTEL_EXPORTER_OTLP_HEADERS, secret",
        "OTEL_TRACES_SAMPLER_ARG, 1.5",
        "OTEL_TRACES_SAMPLER_ARG, half"
    })
    void a_wrong_setting_is_named(String name, String value) {
        assertThatThrownBy(() -> TracesSettings.of(Settings.of(Map.of(name, value))))
                .isInstanceOf(SettingException.class)
                .hasMessageStartingWith(name + " must be ");
    }
}
