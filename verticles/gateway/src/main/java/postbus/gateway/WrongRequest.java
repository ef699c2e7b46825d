package postbus.gateway;

import java.util.List;
import postbus.messaging.Problem;

/**
 * A request that no service gets to see: it is not as the contract says. Like a {@link postbus.messaging.Refusal}, an
 * outcome and not a fault, but able to name several values.
 */
final class WrongRequest extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Problem problem;
    private final String detail;
    private final transient List<Wrong> wrongs;

    /** @param wrongs the values that are wrong, where it is values */
    WrongRequest(Problem problem, String detail, List<Wrong> wrongs) {
        super(problem + ": " + detail, null, false, false);
        this.problem = problem;
        this.detail = detail;
        this.wrongs = List.copyOf(wrongs);
    }

    WrongRequest(Problem problem, String detail) {
        this(problem, detail, List.of());
    }

    /** Values that are wrong, at least one. */
    static WrongRequest of(Problem problem, List<Wrong> wrongs) {
        var detail = wrongs.size() == 1 ? wrongs.get(0).sentence() : wrongs.size() + " values are not acceptable";
        return new WrongRequest(problem, detail, wrongs);
    }

    Problem problem() {
        return problem;
    }

    String detail() {
        return detail;
    }

    List<Wrong> wrongs() {
        return wrongs;
    }
}
