package postbus.gateway.access;

import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.contract.SecurityRequirement;
import java.util.List;
import java.util.Set;

/**
 * Who may use an operation, as {@code security} of the contract says.
 *
 * @param alternatives scopes of which the caller needs all of one set; empty when the operation is open to anyone
 */
public record Rule(List<Set<String>> alternatives) {
    /** The security scheme of the contract. */
    public static final String SCHEME = "token";

    public Rule {
        alternatives = List.copyOf(alternatives);
    }

    /** Fails for security that nobody here checks. */
    public static Rule of(Operation operation) {
        return new Rule(operation.getSecurityRequirements().stream()
                .map(requirement -> scopes(operation, requirement))
                .toList());
    }

    private static Set<String> scopes(Operation operation, SecurityRequirement requirement) {
        if (!requirement.getNames().equals(Set.of(SCHEME))) {
            throw new IllegalArgumentException(
                    operation.getOperationId() + " is secured by " + requirement.getNames() + ", not by " + SCHEME);
        }
        return Set.copyOf(requirement.getScopes(SCHEME));
    }

    public boolean isOpen() {
        return alternatives.isEmpty();
    }

    /** Lets the caller pass, or fails with a {@link Denial}. */
    public void require(Caller caller) {
        if (!isOpen() && alternatives.stream().noneMatch(caller.scopes()::containsAll)) {
            throw Denial.insufficientScope(alternatives.get(0));
        }
    }
}
