package postbus.gateway;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.Validator;
import io.vertx.json.schema.common.dsl.SchemaType;
import io.vertx.openapi.contract.Location;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.contract.Parameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import postbus.gateway.access.Caller;
import postbus.messaging.Problem;

/**
 * Reads the requests of one operation, and checks them against its schemas in the contract; on the event loop. Fails
 * with a {@link WrongRequest} that names all wrong values at once.
 *
 * <p>A path that no resource can have is not found. Then come, in this order and alone: a media type that is not JSON,
 * a body that is too large, one that is no JSON object. Everything else is a wrong value.
 *
 * <p>This does what the request validator of vertx-openapi 5.0.10 is for. That one takes a parameter like {@code 1.5}
 * for a number also where the contract says text, decodes {@code %} and {@code +} in headers, stops at the first wrong
 * value without saying which parameter it was, and takes a body with a field that comes twice.
 */
final class RequestReader {
    /** 64 KiB. */
    static final int BODY_BYTES_MAX = 64 << 10;

    static final String JSON = "application/json";

    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    /** More digits than any limit in the contract has. */
    private static final Pattern WHOLE_NUMBER = Pattern.compile("-?[0-9]{1,18}");

    private record Rule(JsonObject schema, Fit fit, Validator validator) {
        static Rule of(JsonSchema schema, OpenAPIContract contract) {
            var rules = (JsonObject) schema;
            return new Rule(rules, Fit.of(rules), contract.getSchemaRepository().validator(schema));
        }

        Map<String, String> violations(Object value) {
            return fit.isSure(value) ? Map.of() : Violations.of(schema, value, validator.validate(value));
        }
    }

    private final Operation operation;
    private final Map<Parameter, Rule> inPath = new LinkedHashMap<>();
    private final Map<Parameter, Rule> elsewhere = new LinkedHashMap<>();
    private final @Nullable Rule body;

    RequestReader(OpenAPIContract contract, Operation operation) {
        this.operation = operation;
        operation
                .getParameters()
                .forEach(parameter -> (parameter.getIn() == Location.PATH ? inPath : elsewhere)
                        .put(parameter, Rule.of(parameter.getSchema(), contract)));
        this.body = operation.getRequestBody() == null ? null : body(operation, contract);
    }

    private static Rule body(Operation operation, OpenAPIContract contract) {
        var json = operation.getRequestBody().getContent().get(JSON);
        if (json == null) {
            throw new IllegalArgumentException(operation.getOperationId() + " takes a body, but not in " + JSON);
        }
        return Rule.of(json.getSchema(), contract);
    }

    Future<ValidRequest> read(RoutingContext http, Caller caller) {
        try {
            var values = new HashMap<String, Object>();
            var wrongs = new ArrayList<Wrong>();
            read(http, values, wrongs);
            return body == null
                    ? Future.succeededFuture(valid(http, caller, values, new JsonObject(), wrongs))
                    : receive(http.request())
                            .map(HttpJson::readObject)
                            .map(received -> valid(http, caller, values, received, check(body, received, wrongs)));
        } catch (WrongRequest wrong) {
            return Future.failedFuture(wrong);
        }
    }

    private static ValidRequest valid(
            RoutingContext http, Caller caller, Map<String, Object> values, JsonObject body, List<Wrong> wrongs) {
        if (!wrongs.isEmpty()) {
            throw WrongRequest.of(Problem.INVALID, wrongs);
        }
        return new ValidRequest(
                caller, values, body, Correlation.headers(http, caller.ownKey((String) values.get(IDEMPOTENCY_KEY))));
    }

    private static List<Wrong> check(Rule rule, JsonObject body, List<Wrong> wrongs) {
        rule.violations(body).forEach((pointer, detail) -> wrongs.add(Wrong.at(pointer, detail)));
        return wrongs;
    }

    // Parameters

    private void read(RoutingContext http, Map<String, Object> values, List<Wrong> wrongs) {
        read(http, inPath, values, wrongs);
        if (!wrongs.isEmpty() && !isMaking()) {
            throw WrongRequest.of(Problem.NOT_FOUND, wrongs);
        }
        read(http, elsewhere, values, wrongs);
    }

    private static void read(
            RoutingContext http, Map<Parameter, Rule> parameters, Map<String, Object> valid, List<Wrong> wrongs) {
        parameters.forEach((parameter, rule) -> {
            var name = parameter.getName();
            var given = given(http, parameter);
            if (parameter.getSchemaType() == SchemaType.ARRAY) {
                var values = new JsonArray(List.copyOf(given));
                valid.put(name, values);
                rule.violations(values).values().forEach(detail -> wrongs.add(Wrong.in(name, detail)));
            } else if (given.size() > 1) {
                wrongs.add(Wrong.in(name, "must be given once, is given " + given.size() + " times"));
            } else if (given.size() == 1) {
                var value = value(parameter, given.get(0));
                valid.put(name, value);
                rule.violations(value).values().forEach(detail -> wrongs.add(Wrong.in(name, detail)));
            } else if (parameter.isRequired()) {
                wrongs.add(Wrong.in(name, "is missing"));
            } else if (rule.schema().containsKey("default")) {
                valid.put(name, rule.schema().getValue("default"));
            }
        });
    }

    /** Whether what the path names is to be made: then a wrong name is a wrong value, not something that is not there. */
    private boolean isMaking() {
        return operation.getHttpMethod().equals(HttpMethod.PUT);
    }

    private static List<String> given(RoutingContext http, Parameter parameter) {
        var name = parameter.getName();
        return switch (parameter.getIn()) {
            case PATH -> List.of(http.pathParam(name));
            case QUERY -> http.queryParam(name);
            case HEADER -> http.request().headers().getAll(name);
            case COOKIE -> throw new IllegalStateException("the contract has no cookies");
        };
    }

    /** Text that is no whole number stays text, for the schema to say so. */
    private static Object value(Parameter parameter, String text) {
        return parameter.getSchemaType() == SchemaType.INTEGER
                        && WHOLE_NUMBER.matcher(text).matches()
                ? (Object) Long.valueOf(text)
                : text;
    }

    // Body

    private static Future<Buffer> receive(HttpServerRequest request) {
        requireContent(request);
        requireJson(request);
        var announced = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (announced != null && Long.parseLong(announced) > BODY_BYTES_MAX) {
            throw tooLarge();
        }
        if (request.headers().contains(HttpHeaders.EXPECT, HttpHeaders.CONTINUE, true)
                && request.version() == HttpVersion.HTTP_1_1) {
            request.response().writeContinue();
        }
        Promise<Buffer> received = Promise.promise();
        var bytes = Buffer.buffer();
        request.exceptionHandler(broken -> received.tryFail(new WrongRequest(
                        Problem.MALFORMED, "the body broke off, or its chunks are not as HTTP has them")))
                .handler(chunk -> {
                    if (bytes.length() + chunk.length() > BODY_BYTES_MAX) {
                        received.tryFail(tooLarge());
                    } else {
                        bytes.appendBuffer(chunk);
                    }
                })
                .endHandler(end -> received.tryComplete(bytes));
        return received.future();
    }

    private static void requireContent(HttpServerRequest request) {
        var headers = request.headers();
        var announced = headers.get(HttpHeaders.CONTENT_LENGTH);
        var isEmpty = !headers.contains(HttpHeaders.TRANSFER_ENCODING) && (announced == null || announced.equals("0"));
        if (isEmpty && !headers.contains(HttpHeaders.CONTENT_TYPE)) {
            throw new WrongRequest(Problem.MALFORMED, "there is no body, expected is a JSON object");
        }
    }

    private static void requireJson(HttpServerRequest request) {
        var types = request.headers().getAll(HttpHeaders.CONTENT_TYPE);
        if (types.size() != 1 || !isJson(types.get(0))) {
            throw new WrongRequest(
                    Problem.UNSUPPORTED_MEDIA_TYPE,
                    "the body must be " + JSON + ", is "
                            + (types.isEmpty() ? "of no content type" : String.join(", ", types)));
        }
        var encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new WrongRequest(
                    Problem.UNSUPPORTED_MEDIA_TYPE, "the body must not be encoded, is encoded by " + encoding);
        }
    }

    private static boolean isJson(String contentType) {
        var parts = contentType.toLowerCase(Locale.ROOT).split(";", -1);
        if (!parts[0].strip().equals(JSON)) {
            return false;
        }
        for (int i = 1; i < parts.length; i++) {
            var parameter = parts[i].replaceAll("[\\s\"]", "");
            if (parameter.startsWith("charset=") && !parameter.equals("charset=utf-8")) {
                return false;
            }
        }
        return true;
    }

    private static WrongRequest tooLarge() {
        return new WrongRequest(Problem.TOO_LARGE, "the body must have at most " + BODY_BYTES_MAX + " bytes");
    }
}
