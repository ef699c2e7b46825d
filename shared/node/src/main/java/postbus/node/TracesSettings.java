package postbus.node;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where spans are sent, by the names that OpenTelemetry has for it.
 *
 * @param endpoint of the collector, {@code http://host:4318}; empty when nothing is traced
 * @param headers that each request to it has
 * @param ratio share of traces begun here that are kept, 0 to 1; those begun elsewhere come with the decision
 * @param serviceName instead of the name of each service; empty for those
 */
record TracesSettings(String endpoint, Map<String, String> headers, double ratio, String serviceName) {
    static TracesSettings of(Settings settings) {
        var headers = new LinkedHashMap<String, String>();
        for (var header : settings.list("OTEL_EXPORTER_OTLP_HEADERS", "")) {
            int end = header.indexOf('=');
            if (end < 1) {
                throw new SettingException("OTEL_EXPORTER_OTLP_HEADERS must be name=value, comma-separated");
            }
            headers.put(
                    header.substring(0, end).strip(), header.substring(end + 1).strip());
        }
        var endpoint = settings.text("OTEL_EXPORTER_OTLP_ENDPOINT", "").strip();
        if (!endpoint.isEmpty() && !endpoint.matches("https?://.+")) {
            throw new SettingException("OTEL_EXPORTER_OTLP_ENDPOINT must be http://host:port, is '" + endpoint + "'");
        }
        return new TracesSettings(
                endpoint,
                headers,
                settings.decimal("OTEL_TRACES_SAMPLER_ARG", 1, 0, 1),
                settings.text("OTEL_SERVICE_NAME", ""));
    }

    boolean isOn() {
        return !endpoint.isEmpty();
    }

    String tracesEndpoint() {
        return (endpoint.endsWith("/") ? endpoint : endpoint + "/") + "v1/traces";
    }
}
