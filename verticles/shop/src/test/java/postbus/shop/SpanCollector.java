package postbus.shop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/** Receives spans by OTLP over HTTP, as a collector does. */
final class SpanCollector implements AutoCloseable {
    private static final HexFormat HEX = HexFormat.of();

    /**
     * @param service the resource's {@code service.name}
     * @param parent empty for the first of a trace
     * @param links trace and span of each, {@code TRACE/SPAN}
     */
    record Received(
            String service,
            String name,
            Span.SpanKind kind,
            String trace,
            String id,
            String parent,
            List<String> links,
            Map<String, String> attributes,
            boolean isError,
            List<String> events) {
        String place() {
            return trace + "/" + id;
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Received> spans = new CopyOnWriteArrayList<>();

    SpanCollector() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/v1/traces", this::receive);
        server.start();
    }

    /** What {@code OTEL_EXPORTER_OTLP_ENDPOINT} takes. */
    String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    List<Received> spans() {
        return List.copyOf(spans);
    }

    List<Received> spans(Predicate<Received> fits) {
        return spans.stream().filter(fits).toList();
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            var request = ExportTraceServiceRequest.parseFrom(exchange.getRequestBody());
            for (var ofResource : request.getResourceSpansList()) {
                var resource = new HashMap<String, String>();
                ofResource
                        .getResource()
                        .getAttributesList()
                        .forEach(pair ->
                                resource.put(pair.getKey(), pair.getValue().getStringValue()));
                ofResource.getScopeSpansList().stream()
                        .flatMap(ofScope -> ofScope.getSpansList().stream())
                        .forEach(span -> spans.add(received(resource.get("service.name"), span)));
            }
            exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private static Received received(String service, Span span) {
        var attributes = new HashMap<String, String>();
        span.getAttributesList()
                .forEach(pair -> attributes.put(
                        pair.getKey(),
                        pair.getValue().hasIntValue()
                                ? String.valueOf(pair.getValue().getIntValue())
                                : pair.getValue().getStringValue()));
        return new Received(
                service,
                span.getName(),
                span.getKind(),
                HEX.formatHex(span.getTraceId().toByteArray()),
                HEX.formatHex(span.getSpanId().toByteArray()),
                HEX.formatHex(span.getParentSpanId().toByteArray()),
                span.getLinksList().stream()
                        .map(link -> HEX.formatHex(link.getTraceId().toByteArray()) + "/"
                                + HEX.formatHex(link.getSpanId().toByteArray()))
                        .toList(),
                attributes,
                span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR,
                span.getEventsList().stream().map(Span.Event::getName).toList());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdown();
    }
}
