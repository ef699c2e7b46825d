package postbus.messaging;

import org.jspecify.annotations.Nullable;

/**
 * A request that is understood and answered with no. Thrown by a request's handler, it rolls the transaction back and
 * becomes the caller's answer; under an idempotency key the answer is kept like any other. It carries no stack trace:
 * it is an outcome, not a fault.
 */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Problem problem;
    private final String detail;
    private final @Nullable String field;

    /**
     * @param detail what is wrong here and now, with the values, in a sentence for the caller
     * @param field JSON pointer to the wrong field of the request ({@code /lines/0/sku}), if it is one field
     */
    public Refusal(Problem problem, String detail, @Nullable String field) {
        super(problem + ": " + detail, null, false, false);
        this.problem = problem;
        this.detail = detail;
        this.field = field;
    }

    public Refusal(Problem problem, String detail) {
        this(problem, detail, null);
    }

    public Problem problem() {
        return problem;
    }

    public String detail() {
        return detail;
    }

    public @Nullable String field() {
        return field;
    }
}
