package postbus.gateway;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vertx.openapi.contract.Operation;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.gateway.access.Denial;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.transaction.Ids;

/**
 * The one place where what goes wrong becomes {@code application/problem+json} (RFC 9457). What nobody foresaw is a 500
 * that tells the client an incident id and nothing else; the log has the rest.
 */
final class Problems {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    static final String CONTENT_TYPE = "application/problem+json";

    /** The statuses that are of no {@link Problem}: a request that cannot be read gets no further. */
    private static final int REQUEST_TIMEOUT = 408;

    private static final int URI_TOO_LONG = 414;

    private static final int HEADERS_TOO_LARGE = 431;

    private static final int DETAIL_CHARACTERS_MAX = 500;

    /** Seconds. */
    private static final String RETRY_AFTER = "1";

    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    private record Body(String type, String title, int status, String detail, String instance, List<Wrong> errors) {}

    private Problems() {}

    /** Answers a request that failed. */
    static void handle(RoutingContext http) {
        var failure = http.failure();
        if (http.response().closed()) {
            LOG.debug("request.abandoned correlation={}", Correlation.id(http));
        } else if (http.response().headWritten()) {
            LOG.error("answer.broken operation={} correlation={}", operation(http), Correlation.id(http), failure);
            CutOff.now(http.request());
        } else if (failure instanceof WrongRequest wrong) {
            answer(http, wrong.problem(), wrong.detail(), wrong.wrongs());
        } else if (failure instanceof Denial denial) {
            if (denial.challenge() != null) {
                http.response().putHeader(HttpHeaderNames.WWW_AUTHENTICATE, denial.challenge());
            }
            answer(http, denial.problem(), denial.detail(), List.of());
        } else if (failure instanceof Refusal refusal) {
            refused(http, refusal);
        } else if (http.statusCode() == Problem.MALFORMED.status()) {
            handleMalformed(http);
        } else if (http.statusCode() == Problem.NOT_FOUND.status()) {
            answer(http, Problem.NOT_FOUND, "nothing is there", List.of());
        } else {
            var incident = Ids.next();
            LOG.error(
                    "request.failed operation={} correlation={} incident={}",
                    operation(http),
                    Correlation.id(http),
                    incident,
                    failure);
            answer(http, Problem.INTERNAL, "see the log for incident " + incident, List.of());
        }
    }

    /** Answers a request whose path, query or host cannot be read. */
    static void handleMalformed(RoutingContext http) {
        answer(http, Problem.MALFORMED, "the path, the query or the host is not as HTTP has it", List.of());
    }

    /** Answers a request whose body takes too long to come, and waits for no more of it. */
    static void handleLate(RoutingContext http, Duration max) {
        var request = http.request();
        if (http.response().headWritten()) {
            CutOff.now(request);
            return;
        }
        CutOff.announce(request);
        http.addEndHandler(sent -> CutOff.now(request));
        end(
                http.response(),
                generic(
                        REQUEST_TIMEOUT,
                        "Request Timeout",
                        "the body did not come within " + max,
                        Correlation.id(http)));
    }

    /** Answers what could not be read as HTTP, and ends the connection: where the next request begins is unknown. */
    static void handleUnreadable(HttpServerRequest request) {
        var cause = request.decoderResult().cause();
        var response = request.response();
        var id = Ids.next();
        response.putHeader(Correlation.HEADER, id.toString()).putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        if (cause instanceof TooLongHttpLineException) {
            end(response, generic(URI_TOO_LONG, "URI Too Long", "the request line is too long", id));
        } else if (cause instanceof TooLongHttpHeaderException) {
            end(
                    response,
                    generic(HEADERS_TOO_LARGE, "Request Header Fields Too Large", "the headers are too large", id));
        } else {
            end(response, body(Problem.MALFORMED, "the request line or a header is not as HTTP has it", id, List.of()));
        }
        request.connection().close();
    }

    private static void refused(RoutingContext http, Refusal refusal) {
        if (refusal.problem() == Problem.INTERNAL) {
            LOG.error(
                    "service.failed operation={} correlation={}: {}",
                    operation(http),
                    Correlation.id(http),
                    refusal.detail());
        }
        var field = refusal.field();
        var errors = field == null ? List.<Wrong>of() : List.of(wrong(http, field, refusal.detail()));
        answer(http, refusal.problem(), refusal.detail(), errors);
    }

    /** A service names a field of its command; here that may be a parameter. */
    private static Wrong wrong(RoutingContext http, String field, String detail) {
        Operation operation = http.get(Routes.OPERATION);
        var name = field.substring(field.indexOf('/') + 1);
        return operation != null
                        && operation.getParameters().stream()
                                .anyMatch(parameter -> parameter.getName().equals(name))
                ? Wrong.in(name, shortened(detail))
                : Wrong.at(field, shortened(detail));
    }

    private static void answer(RoutingContext http, Problem problem, String detail, List<Wrong> errors) {
        var response = http.response();
        if (problem == Problem.UNAVAILABLE) {
            response.putHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER);
        } else if (problem == Problem.UNSUPPORTED_MEDIA_TYPE) {
            response.putHeader(HttpHeaders.ACCEPT, RequestReader.JSON);
        }
        end(response, body(problem, detail, Correlation.id(http), errors));
    }

    private static Body body(Problem problem, String detail, UUID id, List<Wrong> errors) {
        return new Body(
                "/problems/" + problem.slug(), problem.title(), problem.status(), shortened(detail), urn(id), errors);
    }

    /** A problem that means no more than its status. */
    private static Body generic(int status, String title, String detail, UUID id) {
        return new Body("about:blank", title, status, detail, urn(id), List.of());
    }

    private static void end(HttpServerResponse response, Body body) {
        response.setStatusCode(body.status())
                .putHeader(HttpHeaders.CONTENT_TYPE, CONTENT_TYPE)
                .end(HttpJson.write(body));
    }

    private static String urn(UUID id) {
        return "urn:uuid:" + id;
    }

    private static String shortened(String detail) {
        return detail.length() <= DETAIL_CHARACTERS_MAX ? detail : detail.substring(0, DETAIL_CHARACTERS_MAX - 1) + "…";
    }

    private static @Nullable String operation(RoutingContext http) {
        Operation operation = http.get(Routes.OPERATION);
        return operation == null ? null : operation.getOperationId();
    }
}
