package postbus.messaging.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import postbus.messaging.simulation.Simulation.Result;
import postbus.messaging.simulation.model.Mutation;

/** The protocol got wrong in known ways. A simulation that did not notice these would not notice an unknown one. */
class MutationTest {
    private static final int SEEDS_MAX = 1_000;

    /** Some message is lost, doubled, out of order or uncommitted, or stays away for ever: nothing less counts. */
    @ParameterizedTest
    @EnumSource(
            value = Mutation.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "ANSWER_BEFORE_COMMIT"})
    void a_mutation_breaks_what_is_promised_to_users(Mutation mutation) throws Exception {
        assertThat(firstViolation(mutation, Checker::ofUsersPromises).violation())
                .as("noticed within %d seeds", SEEDS_MAX)
                .isNotNull();
    }

    /**
     * An answer that is not durable yet misleads the relay, whose next batch is refused then: the compare-and-set alone
     * keeps what users are promised. What answers promise is broken all the same.
     */
    @Test
    void an_answer_before_commit_breaks_what_is_promised_to_relays() throws Exception {
        assertThat(firstViolation(Mutation.ANSWER_BEFORE_COMMIT, Checker::ofAll).violation())
                .contains("durable is");
    }

    private static Result firstViolation(Mutation mutation, Supplier<Checker> checker) throws Exception {
        return Quiet.run(() -> {
            long seed = 1;
            var result = Simulation.run(seed, mutation, checker.get(), new Coverage(), null);
            while (result.violation() == null && seed < SEEDS_MAX) {
                result = Simulation.run(++seed, mutation, checker.get(), new Coverage(), null);
            }
            System.out.printf("%s: seed %d, step %d: %s%n", mutation, seed, result.steps(), result.violation());
            return result;
        });
    }
}
