package postbus.shop.fuzz;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes requests from a contract: each for one of its operations, with values that fit or do not, in a body that is JSON
 * or not quite, over HTTP that is such or not quite. Request number n of a seed is always the same, but for the ids of
 * things that exist.
 */
final class RequestGenerator {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^}]*)}");
    private static final List<String> METHODS = List.of(
            "GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "get", "BREW", "PRI", "M-SEARCH");

    private final Contract contract;
    private final long seed;
    private final List<String> orderIds;

    /** @param orderIds of orders that there are */
    RequestGenerator(Contract contract, long seed, List<String> orderIds) {
        this.contract = contract;
        this.seed = seed;
        this.orderIds = orderIds;
    }

    Request request(int number) {
        return new Draft(number, new Random(seed * 1_000_003 + number)).request();
    }

    /** One request being made. */
    private final class Draft {
        private final int number;
        private final Random random;
        private final Values values;
        private final Operation operation;
        private final List<String> tricks = new ArrayList<>();
        private final List<String> headers = new ArrayList<>();
        private final UUID correlation;
        private String method;
        private String target;
        private String version = "HTTP/1.1";
        private byte[] body = {};
        private boolean isElsewhere;
        private boolean isWellBounded = true;
        private boolean isCutShort;
        private boolean mayBeCutOff;
        private boolean hasCorrelation = true;
        private boolean saysLength = true;
        private boolean mayBeOfNoVersion;

        Draft(int number, Random random) {
            this.number = number;
            this.random = random;
            this.values = new Values(random);
            this.operation = chosen();
            this.correlation = new UUID(random.nextLong(), random.nextLong());
            this.method = operation.method();
            this.target = operation.path();
            this.isWellBounded = !operation.isStream();
        }

        /** Seldom one that takes nothing: there is less to try. */
        private Operation chosen() {
            var one = values.any(contract.operations());
            return one.takesSomething() || oneOf(6) ? one : values.any(contract.operations());
        }

        private boolean oneOf(int many) {
            return random.nextInt(many) == 0;
        }

        Request request() {
            headers.add("Host: shop");
            fillPath();
            fillElsewhere();
            fillBody();
            if (oneOf(3)) {
                trick();
            }
            if (oneOf(20)) {
                trick();
            }
            if (hasCorrelation) {
                headers.add("X-Correlation-Id: " + correlation);
            }
            return new Request(
                    number,
                    operation.id() + " " + tricks,
                    hasCorrelation ? correlation.toString() : null,
                    isElsewhere ? null : operation,
                    statuses(),
                    isWellBounded && !isCutShort,
                    isCutShort,
                    mayBeCutOff,
                    Buffer.buffer(whole()));
        }

        /** What the contract names for the operation or, when the request may be for any, all that it names at all. */
        private Set<Integer> statuses() {
            var statuses = new TreeSet<>(List.of(400, 414, 431));
            if (isElsewhere) {
                statuses.addAll(List.of(204, 302, 304, 404, 405));
                contract.operations().forEach(other -> addDocumented(other, statuses));
            } else {
                addDocumented(operation, statuses);
            }
            // A failure is none of them, unless it is what the operation is there to tell
            statuses.removeIf(status -> status >= 500 && (isElsewhere || !operation.isHealth()));
            if (mayBeOfNoVersion) {
                statuses.add(Judge.VERSION_NOT_SUPPORTED);
            }
            return statuses;
        }

        private void addDocumented(Operation documented, Set<Integer> statuses) {
            Contract.names(documented.responses()).map(Integer::valueOf).forEach(statuses::add);
        }

        // Parameters

        private void fillPath() {
            target = PLACEHOLDER
                    .matcher(target)
                    .replaceAll(match -> java.util.regex.Matcher.quoteReplacement(inPath(match.group(1))));
        }

        private String inPath(String name) {
            var value = known(name);
            if (value == null || oneOf(4)) {
                value = oneOf(3) ? values.asText(values.unfitting(parameter(name))) : values.hostile();
                tricks.add(name + "?");
                isElsewhere |= value.isEmpty() || !value.matches("[^/\\\\;.?#%\0]+");
            }
            return percent(value);
        }

        private @Nullable String known(String name) {
            return switch (name) {
                case "orderId" -> values.any(orderIds);
                case "subscription" -> values.harmless();
                default -> {
                    var fitting = values.fitting(parameter(name));
                    yield String.valueOf(
                            Values.HOSTILE.contains(fitting)
                                    ? parameter(name).getValue("example", "espresso")
                                    : fitting);
                }
            };
        }

        private JsonObject parameter(String name) {
            return operation.parameters().stream()
                    .filter(parameter -> parameter.getString("name").equals(name))
                    .map(parameter -> parameter.getJsonObject("schema"))
                    .findFirst()
                    .orElseThrow();
        }

        private void fillElsewhere() {
            var query = new ArrayList<String>();
            for (var parameter : operation.parameters()) {
                var name = parameter.getString("name");
                if (parameter.getString("in").equals("path") || oneOf(2)) {
                    continue;
                }
                var schema = parameter.getJsonObject("schema");
                for (int i = oneOf(10) ? 1 + random.nextInt(60) : 1; i > 0; i--) {
                    var isHostile = oneOf(3);
                    var value = values.asText(isHostile ? values.unfitting(schema) : single(values.fitting(schema)));
                    if (isHostile) {
                        tricks.add(name + "?");
                    }
                    if (parameter.getString("in").equals("query")) {
                        query.add(name + (oneOf(40) ? "" : "=" + percent(value)));
                    } else {
                        header(name, value);
                    }
                }
            }
            if (oneOf(12)) {
                query.add(percent(values.hostile()) + "=" + percent(values.hostile()));
            }
            if (!query.isEmpty()) {
                target += "?" + String.join("&", query);
            }
        }

        private Object single(Object value) {
            return value instanceof List<?> list ? (list.isEmpty() ? "" : list.get(0)) : value;
        }

        /** As a header can have it: one that cannot is a trick of its own. */
        private void header(String name, String value) {
            headers.add(name + ": " + value.replaceAll("[\\r\\n\0]", "?"));
        }

        private String percent(String text) {
            if (oneOf(15)) {
                tricks.add("encoded by whole");
                return text.isEmpty() ? "" : allPercent(text);
            }
            var encoded = new StringBuilder();
            for (var b : text.getBytes(StandardCharsets.UTF_8)) {
                var c = (char) (b & 0xff);
                if (c < 0x80 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0)) {
                    encoded.append(c);
                } else {
                    encoded.append(String.format("%%%02X", (int) c));
                }
            }
            return encoded.toString();
        }

        private String allPercent(String text) {
            var encoded = new StringBuilder();
            for (var b : text.getBytes(StandardCharsets.UTF_8)) {
                encoded.append(String.format("%%%02x", b & 0xff));
            }
            return encoded.toString();
        }

        // Body

        private void fillBody() {
            var schema = operation.body();
            if (schema == null) {
                if (oneOf(15)) {
                    tricks.add("a body where none is taken");
                    body = bytes("{}");
                }
                return;
            }
            headers.add("Content-Type: application/json");
            var fields = new LinkedHashMap<>((Map<?, ?>) values.fitting(schema));
            if (oneOf(2)) {
                spoil(fields, schema);
            }
            var text = Text.json(fields, random);
            body = bytes(oneOf(4) ? misspelt(text) : text);
            if (oneOf(8)) {
                body = miscoded(body);
            }
        }

        @SuppressWarnings("unchecked")
        private void spoil(Map<?, ?> object, JsonObject schema) {
            var fields = (Map<String, Object>) object;
            var properties = schema.getJsonObject("properties", new JsonObject());
            var names = Contract.names(properties).toList();
            for (int i = 1 + random.nextInt(2); i > 0 && !names.isEmpty(); i--) {
                var name = values.any(names);
                tricks.add("/" + name + "?");
                switch (random.nextInt(6)) {
                    case 0 -> fields.remove(name);
                    case 1 -> fields.put(values.hostile(), values.hostile());
                    default -> {
                        var inner = properties.getJsonObject(name);
                        if (inner.containsKey("properties")
                                && fields.get(name) instanceof Map<?, ?> child
                                && !oneOf(3)) {
                            spoil(child, inner);
                        } else if (fields.get(name) instanceof List<?> list
                                && !list.isEmpty()
                                && list.get(0) instanceof Map<?, ?> child
                                && !oneOf(3)) {
                            spoil(child, inner.getJsonObject("items"));
                        } else {
                            fields.put(name, values.unfitting(inner));
                        }
                    }
                }
            }
        }

        private String misspelt(String json) {
            var cut = json.isEmpty() ? 0 : random.nextInt(json.length());
            return switch (trick(List.of(
                    "cut",
                    "more",
                    "twice",
                    "deep",
                    "comment",
                    "quotes",
                    "list",
                    "empty",
                    "large",
                    "huge",
                    "name",
                    "padded",
                    "same field",
                    "many fields",
                    "long text"))) {
                case "cut" -> json.substring(0, cut);
                case "more" -> json + values.any(List.of("{}", "]", "x", ",", "\0", "/**/", "null"));
                case "twice" -> json + json;
                case "deep" ->
                    Values.nested(values.any(List.of(20, 24, 25, 26, 50, 1_000, 6_000)))
                            .text();
                case "comment" -> "/* */" + json + "// a";
                case "quotes" -> json.replace('"', '\'');
                case "list" -> "[" + json + "]";
                case "empty" -> values.any(List.of("", " ", "null", "0", "\"\"", "true", "[]"));
                case "large" -> json + " ".repeat(Math.max(0, (64 << 10) - json.length() + random.nextInt(3) - 1));
                case "huge" -> json + " ".repeat(200_000);
                case "name" -> "{\"" + "x".repeat(values.any(List.of(255, 257, 10_000))) + "\":1}";
                case "padded" -> "\r\n\t " + json.replace(",", " ,\n") + "\t";
                case "same field" -> json.replaceFirst("\\{(\"[^\"]*\":)", "{$1 1,$1");
                case "many fields" -> {
                    var fields = new StringBuilder("{");
                    for (int i = 0; i < 3_000; i++) {
                        fields.append("\"f").append(i).append("\":1,");
                    }
                    yield fields + "\"a\":1}";
                }
                default -> json.replaceFirst(":\"[^\"]*\"", ":\"" + "\\\\u0041".repeat(4_000) + "\"");
            };
        }

        private byte[] miscoded(byte[] json) {
            return switch (trick(
                    List.of("utf-16", "utf-32", "bom", "latin-1", "gzip", "overlong", "surrogate", "bits"))) {
                case "utf-16" -> new String(json, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_16);
                case "utf-32" -> new String(json, StandardCharsets.UTF_8).getBytes(Charset.forName("UTF-32"));
                case "bom" -> joined(new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf}, json);
                case "latin-1" -> joined(json, new byte[] {(byte) 0xe4});
                case "gzip" -> {
                    if (oneOf(2)) {
                        headers.add("Content-Encoding: gzip");
                    }
                    yield zipped(json);
                }
                case "overlong" -> replaced(json, (byte) 0xc0, (byte) 0xaf);
                case "surrogate" -> replaced(json, (byte) 0xed, (byte) 0xa0, (byte) 0x80);
                default -> {
                    var spoilt = json.clone();
                    for (int i = 0; i < Math.min(3, spoilt.length); i++) {
                        spoilt[random.nextInt(spoilt.length)] ^= (byte) (1 << random.nextInt(8));
                    }
                    yield spoilt;
                }
            };
        }

        private byte[] replaced(byte[] json, int... in) {
            var odd = new byte[in.length];
            for (int i = 0; i < in.length; i++) {
                odd[i] = (byte) in[i];
            }
            var cut = random.nextInt(json.length + 1);
            return ByteBuffer.allocate(json.length + odd.length)
                    .put(json, 0, cut)
                    .put(odd)
                    .put(json, cut, json.length - cut)
                    .array();
        }

        // HTTP

        private String trick(List<String> choices) {
            var chosen = values.any(choices);
            tricks.add(chosen);
            return chosen;
        }

        private void trick() {
            switch (trick(List.of(
                    "method",
                    "override",
                    "path",
                    "absolute",
                    "host",
                    "content type",
                    "length",
                    "chunks",
                    "broken chunks",
                    "both lengths",
                    "header",
                    "bad header",
                    "many headers",
                    "long line",
                    "version",
                    "expect",
                    "upgrade",
                    "correlation",
                    "negotiation",
                    "identity",
                    "not http"))) {
                case "method" -> {
                    method = values.any(METHODS);
                    isElsewhere = true;
                    mayBeCutOff |= method.equals("PRI");
                }
                case "override" -> {
                    for (var name : List.of("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method")) {
                        headers.add(name + ": " + values.any(METHODS));
                    }
                    headers.add("X-Original-URL: /ops/nodes");
                    headers.add("X-Rewrite-URL: /ops/nodes");
                }
                case "path" -> {
                    isElsewhere = true;
                    target = values.<UnaryOperator<String>>any(List.of(
                                    path -> "/" + path,
                                    path -> path + "/",
                                    path -> path.replaceFirst("/", "//"),
                                    path -> "/." + path,
                                    path -> "/a/.." + path,
                                    path -> "/%2e%2e" + path,
                                    path -> path.replaceFirst("/", "/%252e%252e/"),
                                    path -> path.replaceFirst("/", "/..%5c"),
                                    path -> path.replaceFirst("/", "\\\\"),
                                    path -> path.replaceFirst("(.)/", "$1%2f"),
                                    path -> path + "%00",
                                    path -> path + "%",
                                    path -> path + "%c0%af",
                                    path -> path + "%ed%a0%80",
                                    path -> path + "%u0041",
                                    path -> path + ";a=b",
                                    path -> path + "#a",
                                    path -> path + "?" + "&".repeat(500),
                                    path -> path + "?a=%",
                                    path -> path + "?=&=&a[]=1&a[b]=2",
                                    path -> path + "\u00e4",
                                    path -> "/docs/../../../../etc/passwd",
                                    path -> "/docs/%2e%2e/%2e%2e/logback.xml",
                                    path -> "/docs/..%2f..%2fopenapi.yaml",
                                    path -> "/console/..%2f..%2fopenapi.yaml",
                                    path -> "/console/%2e%2e/openapi.yaml",
                                    path -> "/docs/" + allPercent(values.hostile()),
                                    path -> "/console/" + allPercent(values.hostile()),
                                    path -> "*",
                                    path -> "a",
                                    path -> ""))
                            .apply(target);
                    mayBeCutOff |= target.isEmpty();
                    isWellBounded &= !target.isEmpty();
                }
                case "absolute" -> {
                    isElsewhere = true;
                    target = values.any(
                                    List.of("http://shop", "https://evil.example", "ftp://a:b@c:99999", "//a", "http:"))
                            + target;
                }
                case "host" -> {
                    isElsewhere = true;
                    headers.remove("Host: shop");
                    for (int i = random.nextInt(3); i > 0; i--) {
                        header(
                                "Host",
                                oneOf(2)
                                        ? values.hostile()
                                        : values.any(List.of("a:b", "[::1", "a:0", "evil\\a", "a@b")));
                    }
                }
                case "content type" -> {
                    headers.removeIf(header -> header.startsWith("Content-Type"));
                    for (int i = random.nextInt(3); i > 0; i--) {
                        header(
                                "Content-Type",
                                values.any(List.of(
                                        "text/plain",
                                        "application/json; charset=utf-16",
                                        "application/json;charset=",
                                        "application/json;;;",
                                        "application/xml",
                                        "multipart/form-data; boundary=",
                                        "multipart/form-data",
                                        "application/x-www-form-urlencoded",
                                        "application/json, text/html",
                                        "a".repeat(5_000),
                                        values.hostile())));
                    }
                }
                case "length" -> {
                    saysLength = false;
                    isWellBounded = false;
                    isCutShort = true;
                    mayBeCutOff = true;
                    headers.add("Content-Length: "
                            + values.any(List.of(
                                    String.valueOf(body.length + 7),
                                    String.valueOf(Math.max(0, body.length - 1)),
                                    "-1",
                                    "0",
                                    "+" + body.length,
                                    "0x10",
                                    body.length + ", " + body.length,
                                    body.length + ", " + (body.length + 1),
                                    "9223372036854775807",
                                    "9223372036854775808",
                                    "99999999999999999999999",
                                    "",
                                    "1 2",
                                    "\u0661")));
                    if (oneOf(4)) {
                        headers.add("Content-Length: " + body.length);
                    }
                }
                case "chunks" -> chunk(false);
                case "broken chunks" -> chunk(true);
                case "both lengths" -> {
                    headers.add("Content-Length: " + values.any(List.of("0", "1", String.valueOf(body.length))));
                    isWellBounded = false;
                    mayBeCutOff = true;
                    chunk(false);
                }
                case "header" -> {
                    for (int i = 1 + random.nextInt(3); i > 0; i--) {
                        header(
                                values.any(List.of(
                                        "Accept",
                                        "Cookie",
                                        "Forwarded",
                                        "X-Forwarded-For",
                                        "X-Forwarded-Host",
                                        "X-Forwarded-Proto",
                                        "Origin",
                                        "Referer",
                                        "Idempotency-Key",
                                        "traceparent",
                                        "tracestate",
                                        "baggage",
                                        "Last-Event-ID",
                                        "If-None-Match",
                                        "If-Modified-Since",
                                        "Range",
                                        "User-Agent",
                                        "TE",
                                        "Trailer",
                                        "Access-Control-Request-Method")),
                                values.hostile());
                    }
                }
                case "bad header" -> {
                    isWellBounded = false;
                    mayBeCutOff = true;
                    isElsewhere = true;
                    headers.add(
                            random.nextInt(headers.size() + 1),
                            values.any(List.of(
                                    "no colon",
                                    ": no name",
                                    " : blank",
                                    "X-Odd : blank before the colon",
                                    "X-Odd: a\0b",
                                    "X-Odd: a\rb",
                                    "X-Odd: a\nb",
                                    "X-Odd: a\r\n folded",
                                    " folded",
                                    "X-\u00e4: a",
                                    "X-Odd: \u00ff\u0080\u0001",
                                    "X(Odd): a",
                                    "Transfer-Encoding: identity",
                                    "Transfer-Encoding: chunked, gzip",
                                    "Transfer-Encoding: xchunked",
                                    "Connection: close, X-Correlation-Id")));
                    isCutShort = headers.stream().anyMatch(header -> header.startsWith("Transfer-Encoding"));
                    hasCorrelation = false;
                }
                case "many headers" -> {
                    for (int i = values.any(List.of(10, 100, 400, 3_000)); i > 0; i--) {
                        headers.add("X-Many-" + i + ": " + i);
                    }
                    isWellBounded = false;
                    hasCorrelation = false;
                }
                case "long line" -> {
                    target += (target.contains("?") ? "&" : "?") + "x="
                            + "x".repeat(values.any(List.of(3_000, 4_100, 70_000)));
                    isWellBounded = false;
                    hasCorrelation = false;
                    mayBeCutOff = true; // what is left unread when the connection ends takes the answer with it
                }
                case "version" -> {
                    version = values.any(
                            List.of("HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "HTTP/9.9", "HTTP/1", "http/1.1", "X", ""));
                    mayBeOfNoVersion = true;
                    isWellBounded = false;
                    isElsewhere = true;
                    mayBeCutOff = true;
                    hasCorrelation = false;
                }
                case "expect" -> {
                    headers.add("Expect: " + values.any(List.of("100-continue", "200-ok", "100-Continue", "")));
                    isWellBounded = false;
                    mayBeCutOff = true;
                }
                case "upgrade" -> {
                    headers.add("Connection: Upgrade, HTTP2-Settings");
                    headers.add("Upgrade: " + values.any(List.of("h2c", "websocket", "TLS/1.0", "a")));
                    headers.add("HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA");
                    headers.add("Sec-WebSocket-Version: 13");
                    headers.add("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
                    isWellBounded = false;
                }
                case "correlation" -> {
                    header("X-Correlation-Id", values.hostile());
                    hasCorrelation = false;
                }
                case "negotiation" -> {
                    header(
                            "Accept",
                            values.any(List.of("text/html", "*/*;q=0", "image/*, */*", ";", values.hostile())));
                    header(
                            "Accept-Encoding",
                            values.any(List.of("gzip", "br, gzip, deflate", "*;q=0", values.hostile())));
                    header("Accept-Language", values.hostile());
                    header("Range", "bytes=0-0,1-1,2-2");
                }
                case "identity" -> {
                    header(
                            "Authorization",
                            values.any(List.of(
                                    "Bearer a.b.c",
                                    "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290In0.",
                                    "Bearer ",
                                    "Basic cm9vdDpyb290",
                                    "Digest a=b",
                                    "Bearer " + "x".repeat(9_000),
                                    "Bearer " + values.hostile(),
                                    values.hostile())));
                    isElsewhere |= !contract.hasSecurity();
                }
                default -> {
                    method = values.any(List.of(
                            "\u0016\u0003\u0001\u0002\u0000\u0001",
                            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                            "\r\n\r\n",
                            "\0",
                            "GET"));
                    target = values.any(List.of(target, "", " ", "\u00ff"));
                    mayBeOfNoVersion = true;
                    isWellBounded = false;
                    isElsewhere = true;
                    mayBeCutOff = true;
                    hasCorrelation = false;
                    isCutShort = true;
                }
            }
        }

        private void chunk(boolean isBroken) {
            saysLength = false;
            headers.add("Transfer-Encoding: chunked");
            var chunks = new ByteArrayOutputStream();
            for (int at = 0; at < body.length; ) {
                var size = Math.min(body.length - at, 1 + random.nextInt(Math.max(16, body.length / 4)));
                chunks.writeBytes(bytes(Integer.toHexString(size) + (oneOf(5) ? ";a=\"b\"" : "") + "\r\n"));
                chunks.write(body, at, size);
                chunks.writeBytes(bytes("\r\n"));
                at += size;
            }
            if (isBroken) {
                isWellBounded = false;
                isCutShort = true;
                mayBeCutOff = true;
                chunks.writeBytes(bytes(values.any(List.of(
                        "zz\r\n",
                        "-1\r\n",
                        "ffffffff\r\n",
                        "7fffffffffffffff\r\n",
                        "5\r\nab",
                        "1\r\nabc\r\n0\r\n\r\n",
                        "0",
                        "0\r\nX-Trailer: a",
                        "0\r\n" + "X-Trailer: a\r\n".repeat(3_000) + "\r\n",
                        "1" + " ".repeat(9_000) + "\r\na\r\n0\r\n\r\n"))));
            } else {
                chunks.writeBytes(bytes(oneOf(4) ? "0\r\nX-Trailer: a\r\nContent-Length: 7\r\n\r\n" : "0\r\n\r\n"));
            }
            body = chunks.toByteArray();
        }

        private byte[] whole() {
            if (saysLength && (body.length > 0 || operation.body() != null)) {
                headers.add(random.nextInt(headers.size() + 1), "Content-Length: " + body.length);
            }
            var head = method + " " + target + (version.isEmpty() ? "" : " " + version) + "\r\n"
                    + headers.stream().map(header -> header + "\r\n").collect(Collectors.joining())
                    + "\r\n";
            return joined(bytes(head), body);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] joined(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }

    private static byte[] zipped(byte[] plain) {
        var zipped = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(zipped)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return zipped.toByteArray();
    }
}
