package postbus.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.validation.constraints.Min;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import postbus.messaging.Command;
import postbus.messaging.Event;
import postbus.messaging.Query;
import postbus.messaging.Reply;
import postbus.messaging.Type;

class ContractTestsTest {
    record Before(String id) {}

    record More(String id, @Nullable String note) {}

    record Other(int id) {}

    @TempDir
    Path folder;

    private final String file = "a.b.v1.json";

    private static Contract contract(Class<?> type) {
        return new Contract("a.b.v1", type);
    }

    private ContractTests tests(boolean isToWrite) {
        return new ContractTests(folder, isToWrite, 1);
    }

    @Test
    void a_contract_without_a_schema_fails_until_it_is_written() {
        assertThatThrownBy(() -> tests(false).requireKept(contract(Before.class)))
                .hasMessageContaining("a.b.v1 has no schema")
                .hasMessageContaining("-Dpostbus.schemas.write=true");
        tests(true).requireKept(contract(Before.class));
        assertThatCode(() -> tests(false).requireKept(contract(Before.class))).doesNotThrowAnyException();
    }

    @Test
    void a_compatible_change_fails_until_it_is_written() throws IOException {
        tests(true).requireKept(contract(Before.class));
        assertThatThrownBy(() -> tests(false).requireKept(contract(More.class)))
                .hasMessageContaining("a.b.v1 changed and is compatible, new: [/note]");
        assertThat(Files.readString(folder.resolve(file))).doesNotContain("note");
        tests(true).requireKept(contract(More.class));
        assertThatCode(() -> tests(false).requireKept(contract(More.class))).doesNotThrowAnyException();
    }

    @Test
    void a_breaking_change_fails_and_is_not_written_either() throws IOException {
        tests(true).requireKept(contract(Before.class));
        var kept = Files.readString(folder.resolve(file));
        for (var isToWrite : new boolean[] {false, true}) {
            assertThatThrownBy(() -> tests(isToWrite).requireKept(contract(Other.class)))
                    .hasMessageContaining("TYPE_CHANGED /id")
                    .hasMessageContaining("make a new version");
            assertThat(Files.readString(folder.resolve(file))).isEqualTo(kept);
        }
    }

    @Test
    void a_contract_that_is_gone_fails_while_its_schema_is_kept() {
        tests(true).requireKept(contract(Before.class));
        assertThatThrownBy(() -> tests(true).requireNoOthers(List.of()))
                .hasMessageContaining("CONTRACT_REMOVED a.b.v1.json");
        tests(true).requireNoOthers(List.of(contract(Before.class)));
    }

    record Unsaid(int n) {
        Unsaid {
            if (n < 1) {
                throw new IllegalArgumentException("a limit that no annotation names");
            }
        }
    }

    record Unheld(@Min(1) int n) {}

    @Test
    void a_limit_is_both_named_and_held() {
        assertThatThrownBy(() -> tests(false).requireFitting(contract(Unsaid.class)))
                .hasMessageContaining("a limit that no annotation names");
        assertThatThrownBy(() -> tests(false).requireStrict(contract(Unheld.class)))
                .hasMessageContaining("/n beyond a limit: 0")
                .hasMessageContaining("-Dpostbus.schemas.seed=1");
    }

    @Type("a.first.v1")
    record First(String key) implements Event {}

    @Type("a.first.v1")
    record Second(String key) implements Event {}

    record Untyped(String key) implements Command {}

    @Type("a.b")
    record Misnamed(String key) implements Command {}

    @Type("a.unanswered.v1")
    record Unanswered() implements Query {}

    @Reply(Before.class)
    @Type("a.answered.v1")
    record Answered(String key) implements Event {}

    @Type("a.both.v1")
    record Both(String key) implements Event, Query {}

    @Type("a.neither.v1")
    record Neither() {}

    @Type("a.plain.v1")
    static final class Plain implements Event {
        @Override
        public String key() {
            return "";
        }
    }

    @Test
    void what_is_no_sane_contract_is_listed() {
        var wrong = new ArrayList<String>();
        Contract.of(
                List.of(
                        First.class,
                        Second.class,
                        Untyped.class,
                        Misnamed.class,
                        Unanswered.class,
                        Answered.class,
                        Both.class,
                        Neither.class,
                        Plain.class,
                        Other.class),
                wrong);
        var here = ContractTestsTest.class.getName() + "$";
        assertThat(wrong)
                .containsExactlyInAnyOrder(
                        "a.first.v1 is the type of both " + here + "First and " + here + "Second",
                        here + "Untyped has no @Type",
                        "not a message type (service.name.vN): 'a.b'",
                        here + "Unanswered has no @Reply",
                        here + "Answered is an event and has a @Reply",
                        here + "Both is Event and Query",
                        here + "Both has no @Reply",
                        here + "Neither has a @Type and is no record of an event, command or query",
                        here + "Plain has a @Type and is no record of an event, command or query",
                        here + "Neither is neither a message, nor a reply, nor part of one",
                        here + "Untyped is neither a message, nor a reply, nor part of one",
                        here + "Misnamed is neither a message, nor a reply, nor part of one",
                        here + "Second is neither a message, nor a reply, nor part of one",
                        here + "Other is neither a message, nor a reply, nor part of one");
    }
}
