package postbus.node;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the spans of a node's services to a collector, by OTLP over HTTP. Loaded only where an endpoint is set. At most
 * {@value #QUEUE_MAX} spans wait; what comes beyond is dropped and counted by the SDK, and nobody waits. Thread-safe.
 */
final class Traces implements AutoCloseable {
    private static final int QUEUE_MAX = 4_096;
    private static final int BATCH_MAX = 512;
    private static final Duration SEND_EVERY = Duration.ofSeconds(1);
    private static final Duration SEND_MAX = Duration.ofSeconds(5);
    /** For what waits when the node ends. */
    private static final Duration FLUSH_MAX = Duration.ofSeconds(1);

    private static final AttributeKey<String> SERVICE_NAME = AttributeKey.stringKey("service.name");

    /** It has links to messages that are sampled. */
    private static final Sampler LINKED = new Sampler() {
        @Override
        public SamplingResult shouldSample(
                Context parent,
                String traceId,
                String name,
                SpanKind kind,
                Attributes attributes,
                List<LinkData> links) {
            return links.stream().anyMatch(link -> link.getSpanContext().isSampled())
                    ? SamplingResult.recordAndSample()
                    : SamplingResult.drop();
        }

        @Override
        public String getDescription() {
            return "Linked";
        }
    };

    private final TracesSettings settings;
    private final BatchSpanProcessor processor;
    private final Sampler sampler;
    private final String instance = UUID.randomUUID().toString();
    private final Map<String, SdkTracerProvider> providers = new ConcurrentHashMap<>();

    Traces(TracesSettings settings) {
        this.settings = settings;
        logTheSdk();
        var exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(settings.tracesEndpoint())
                .setTimeout(SEND_MAX);
        settings.headers().forEach(exporter::addHeader);
        this.processor = BatchSpanProcessor.builder(exporter.build())
                .setMaxQueueSize(QUEUE_MAX)
                .setMaxExportBatchSize(BATCH_MAX)
                .setScheduleDelay(SEND_EVERY)
                .setExporterTimeout(SEND_MAX)
                .build();
        var ratio = Sampler.traceIdRatioBased(settings.ratio());
        this.sampler = Sampler.parentBased(new Sampler() {
            @Override
            public SamplingResult shouldSample(
                    Context parent,
                    String traceId,
                    String name,
                    SpanKind kind,
                    Attributes attributes,
                    List<LinkData> links) {
                var root = links.isEmpty() ? ratio : LINKED;
                return root.shouldSample(parent, traceId, name, kind, attributes, links);
            }

            @Override
            public String getDescription() {
                return "RatioOrLinked";
            }
        });
    }

    /** Of a service, each with a resource of its own. */
    Tracer tracer(String service) {
        return providers.computeIfAbsent(service, this::provider).get("postbus");
    }

    private SdkTracerProvider provider(String service) {
        var name = settings.serviceName().isEmpty() ? service : settings.serviceName();
        var version = Traces.class.getPackage().getImplementationVersion();
        var attributes = Attributes.builder()
                .put(SERVICE_NAME, name)
                .put("service.instance.id", instance)
                .put("service.version", version == null ? "unpackaged" : version);
        return SdkTracerProvider.builder()
                .setResource(Resource.create(attributes.build()))
                .setSampler(sampler)
                .addSpanProcessor(processor)
                .build();
    }

    /** The SDK logs by java.util.logging that a collector is away. */
    private static void logTheSdk() {
        var sdk = Logger.getLogger("io.opentelemetry");
        sdk.setUseParentHandlers(false);
        sdk.addHandler(new Handler() {
            @Override
            public void publish(LogRecord line) {
                if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
                    LoggerFactory.getLogger(Traces.class).warn("traces.unsent {}", line.getMessage());
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });
    }

    /** Sends what waits, for a second at most. */
    @Override
    public void close() {
        processor.forceFlush().join(FLUSH_MAX.toMillis(), TimeUnit.MILLISECONDS);
        processor.shutdown().join(FLUSH_MAX.toMillis(), TimeUnit.MILLISECONDS);
    }
}
