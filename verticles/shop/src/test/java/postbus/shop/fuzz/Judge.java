package postbus.shop.fuzz;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Says what is wrong with an answer, by the contract. */
final class Judge {
    /** How code speaks of itself: a class with its package, a frame of a stack, a database's own words. */
    private static final Pattern INSIDES = Pattern.compile(
            "\\b(java|javax|io\\.vertx|io\\.netty|com\\.fasterxml|com\\.hazelcast|postbus)\\.[a-z]+\\.?[a-z.]*[A-Z]"
                    + "|\\bat [\\w.$]+\\([\\w.]+\\)|SQLSTATE|Exception|PgException|ERROR:|0x00");

    private static final String PROBLEM = "application/problem+json";

    /** What a version of HTTP is answered with that nobody speaks here, by a head alone. */
    static final int VERSION_NOT_SUPPORTED = 501;

    private final Contract contract;

    Judge(Contract contract) {
        this.contract = contract;
    }

    /** Empty when all is well. */
    List<String> complaints(Request request, Answer answer) {
        var complaints = new ArrayList<String>();
        var status = answer.status();
        if (!request.statuses().contains(status)) {
            complaints.add(status + " is none of " + request.statuses());
        }
        if (status == VERSION_NOT_SUPPORTED) {
            return complaints;
        }
        if (request.correlation() != null
                && !answer.isLast() // of one that could not be read, nothing is known
                && !answer.header("x-correlation-id").equals(request.correlation())) {
            complaints.add("is the answer to another request, or does not say to which: x-correlation-id is "
                    + answer.header("x-correlation-id") + ", not " + request.correlation());
        }
        if (answer.header("x-correlation-id").isEmpty()) {
            complaints.add("has no correlation id");
        }
        if (answer.headers().containsKey("x-injected")) {
            complaints.add("has a header that the request wrote");
        }
        if (!request.isHead() && status != 204 && status != 304 && !answer.isStream()) {
            body(request, answer, complaints);
        }
        return complaints;
    }

    private void body(Request request, Answer answer, List<String> complaints) {
        var schema =
                request.operation() == null ? null : request.operation().answer(answer.status(), answer.mediaType());
        if (answer.status() >= 400 && (schema == null || answer.mediaType().equals(PROBLEM))) {
            problem(answer, complaints);
        } else if (request.operation() == null || answer.status() == 302 || answer.status() == 304) {
            return; // of a page, or of an operation that is not known
        } else if (schema == null) {
            complaints.add("is of a media type that is not documented: " + answer.mediaType());
        } else if (answer.mediaType().endsWith("json")) {
            fits(schema, answer, complaints);
        }
    }

    private void problem(Answer answer, List<String> complaints) {
        if (!answer.mediaType().equals(PROBLEM)) {
            complaints.add("is no problem but " + answer.mediaType());
            return;
        }
        if (INSIDES.matcher(answer.text()).find()) {
            complaints.add("tells of what is inside");
        }
        if (fits(contract.schema("Problem"), answer, complaints) instanceof JsonObject problem
                && problem.getInteger("status") != answer.status()) {
            complaints.add("has two statuses");
        }
    }

    private Object fits(JsonObject schema, Answer answer, List<String> complaints) {
        try {
            var value = Json.decodeValue(answer.text());
            contract.violations(schema, value).forEach(complaints::add);
            return value;
        } catch (DecodeException e) {
            complaints.add("is not JSON: " + e.getMessage());
            return "";
        }
    }
}
