package postbus.gateway.access;

import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Problem;

/** A request that is not let in. Like a {@link postbus.messaging.Refusal}, an outcome and not a fault. */
public final class Denial extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final String REALM = "Bearer realm=\"postbus\"";
    private static final int CHARACTERS_MAX = 200;

    private final Problem problem;
    private final String detail;
    private final @Nullable String challenge;

    private Denial(Problem problem, String detail, @Nullable String challenge) {
        super(problem + ": " + detail, null, false, false);
        this.problem = problem;
        this.detail = detail;
        this.challenge = challenge;
    }

    static Denial noToken() {
        return new Denial(Problem.UNAUTHENTICATED, "a bearer token is needed", REALM);
    }

    /** @param why not for secrets: the client is told */
    static Denial badToken(String why) {
        var said = quotable(why);
        return new Denial(
                Problem.UNAUTHENTICATED,
                "the token is not accepted: " + said,
                REALM + ", error=\"invalid_token\", error_description=\"" + said + "\"");
    }

    static Denial noKeys() {
        return new Denial(Problem.UNAVAILABLE, "the keys of the issuer of tokens are not known yet", null);
    }

    /** @param scopes what is needed, of all that would do the least */
    static Denial insufficientScope(Set<String> scopes) {
        var needed = String.join(" ", new TreeSet<>(scopes));
        return new Denial(
                Problem.FORBIDDEN,
                "this needs the scope " + needed,
                REALM + ", error=\"insufficient_scope\", scope=\"" + needed + "\"");
    }

    /** What only those may do who have the scope {@code ops}. */
    public static Denial notYours(String detail) {
        return new Denial(
                Problem.FORBIDDEN, detail, REALM + ", error=\"insufficient_scope\", scope=\"" + Caller.OPS + "\"");
    }

    /** RFC 6750 allows no quotes, backslashes or control characters there. */
    private static String quotable(String text) {
        var allowed = text.replaceAll("[^\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]", "'");
        return allowed.length() <= CHARACTERS_MAX ? allowed : allowed.substring(0, CHARACTERS_MAX);
    }

    public Problem problem() {
        return problem;
    }

    public String detail() {
        return detail;
    }

    /** The value of {@code WWW-Authenticate} (RFC 6750, section 3); null where no token would help. */
    public @Nullable String challenge() {
        return challenge;
    }
}
