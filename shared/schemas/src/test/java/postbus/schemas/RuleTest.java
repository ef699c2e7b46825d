package postbus.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import postbus.messaging.MessageJson;
import postbus.messaging.UnreadableMessage;

/** The rules by example: what breaks each of them, and what looks like it and does not. */
class RuleTest {
    /** @param where the field concerned */
    record Breaking(Rule rule, String where, Class<?> before, Class<?> after) {}

    record Compatible(Rule notBroken, Class<?> before, Class<?> after, List<String> additions) {}

    static Stream<Breaking> breaking() {
        return Stream.of(
                new Breaking(Rule.FIELD_REMOVED, "/note", Plain.class, WithoutNote.class),
                new Breaking(Rule.REQUIRED_FIELD_ADDED, "/note", WithoutNote.class, Plain.class),
                new Breaking(Rule.REQUIRED_FIELD_ADDED, "/parts/[]/note", OfWithoutNote.class, OfPlain.class),
                new Breaking(Rule.MADE_OPTIONAL, "/note", Plain.class, OptionalNote.class),
                new Breaking(Rule.MADE_OPTIONAL, "/part", HoldsPlain.class, MayHoldPlain.class),
                new Breaking(Rule.MADE_REQUIRED, "/note", OptionalNote.class, Plain.class),
                new Breaking(Rule.MADE_REQUIRED, "/part", MayHoldPlain.class, HoldsPlain.class),
                new Breaking(Rule.TYPE_CHANGED, "/id", Plain.class, IdAsUuid.class),
                new Breaking(Rule.TYPE_CHANGED, "/id", IdAsUuid.class, Plain.class),
                new Breaking(Rule.TYPE_CHANGED, "/n", OfInt.class, OfLong.class),
                new Breaking(Rule.TYPE_CHANGED, "/parts/[]", OfPlain.class, OfText.class),
                new Breaking(Rule.TYPE_CHANGED, "/parts", OfPlain.class, ByName.class),
                new Breaking(Rule.TYPE_CHANGED, "/parts/[]", ByName.class, ByNameOfText.class),
                new Breaking(Rule.TYPE_CHANGED, "/colour", OfColour.class, OfAnyColour.class),
                new Breaking(Rule.TYPE_CHANGED, "/part", HoldsPlain.class, HoldsFamily.class),
                new Breaking(Rule.CONSTANT_ADDED, "/colour", OfColour.class, OfMoreColour.class),
                new Breaking(Rule.CONSTANT_REMOVED, "/colour", OfMoreColour.class, OfColour.class),
                new Breaking(Rule.CASE_ADDED, "/part", HoldsFamily.class, HoldsLargerFamily.class),
                new Breaking(Rule.CASE_REMOVED, "/part", HoldsLargerFamily.class, HoldsFamily.class),
                new Breaking(Rule.REQUIRED_FIELD_ADDED, "/part(b)/n", HoldsFamily.class, HoldsOtherFamily.class),
                new Breaking(Rule.LIMIT_CHANGED, "/n", OfInt.class, FromOne.class),
                new Breaking(Rule.LIMIT_CHANGED, "/n", FromOne.class, OfInt.class),
                new Breaking(Rule.LIMIT_CHANGED, "/n", FromOne.class, FromTwo.class),
                new Breaking(Rule.LIMIT_CHANGED, "/id", Plain.class, IdOfLetters.class),
                new Breaking(Rule.LIMIT_CHANGED, "/id", IdOfLetters.class, IdOfDigits.class));
    }

    static Stream<Compatible> compatible() {
        return Stream.of(
                new Compatible(Rule.FIELD_REMOVED, Plain.class, OtherOrder.class, List.of()),
                new Compatible(Rule.REQUIRED_FIELD_ADDED, WithoutNote.class, OptionalNote.class, List.of("/note")),
                new Compatible(
                        Rule.REQUIRED_FIELD_ADDED,
                        OfWithoutNote.class,
                        OfOptionalNote.class,
                        List.of("/parts/[]/note")),
                new Compatible(Rule.MADE_OPTIONAL, MayHoldPlain.class, MayHoldPlainSaidOtherwise.class, List.of()),
                new Compatible(Rule.MADE_REQUIRED, OptionalNote.class, OptionalNoteAndMore.class, List.of("/more")),
                new Compatible(Rule.TYPE_CHANGED, OfPlain.class, OfOtherOrder.class, List.of()),
                new Compatible(Rule.TYPE_CHANGED, Chain.class, LongerChain.class, List.of("/next/note", "/note")),
                new Compatible(Rule.CONSTANT_ADDED, OfColour.class, OfColourOtherwise.class, List.of()),
                new Compatible(Rule.CONSTANT_REMOVED, OfColourOtherwise.class, OfColour.class, List.of()),
                new Compatible(Rule.CASE_ADDED, HoldsFamily.class, HoldsRenamedFamily.class, List.of()),
                new Compatible(Rule.CASE_REMOVED, HoldsRenamedFamily.class, HoldsFamily.class, List.of()),
                new Compatible(Rule.LIMIT_CHANGED, FromOne.class, FromOneAndMore.class, List.of("/more")));
    }

    @ParameterizedTest
    @MethodSource
    void breaking(Breaking example) {
        var change = Compatibility.between(schema(example.before()), schema(example.after()));
        assertThat(change.breaks()).singleElement().satisfies(broken -> {
            assertThat(broken.rule()).isEqualTo(example.rule());
            assertThat(broken.where()).isEqualTo(example.where());
        });
        assertThat(isUnreadable(example.before(), example.after()) || isUnreadable(example.after(), example.before()))
                .as("one side cannot read the other")
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource
    void compatible(Compatible example) {
        var change = Compatibility.between(schema(example.before()), schema(example.after()));
        assertThat(change.breaks()).isEmpty();
        assertThat(change.additions()).containsExactlyInAnyOrderElementsOf(example.additions());
        assertThat(isUnreadable(example.before(), example.after())).isFalse();
        assertThat(isUnreadable(example.after(), example.before())).isFalse();
    }

    /** Readable both ways today; but the name may come back as something else, and messages of then are kept. */
    @Test
    void an_optional_field_stays() {
        var change = Compatibility.between(schema(OptionalNote.class), schema(WithoutNote.class));
        assertThat(change.breaks()).extracting(Compatibility.Break::rule).containsExactly(Rule.FIELD_REMOVED);
    }

    @Test
    void what_is_not_known_breaks() {
        var before = schema(Plain.class);
        var after = before.deepCopy();
        after.withObject("/properties/id").put("contentEncoding", "base64");
        assertThat(Compatibility.between(before, after).breaks())
                .extracting(Compatibility.Break::rule)
                .containsExactly(Rule.TYPE_CHANGED);
    }

    @Test
    void each_rule_has_its_examples() {
        var rules = EnumSet.complementOf(EnumSet.of(Rule.CONTRACT_REMOVED)); // ContractTestsTest: no two schemas differ
        assertThat(breaking().map(Breaking::rule).collect(Collectors.toSet())).isEqualTo(rules);
        assertThat(compatible().map(Compatible::notBroken).collect(Collectors.toSet()))
                .isEqualTo(rules);
    }

    private static ObjectNode schema(Class<?> type) {
        return RecordSchema.of("a.b.v1", type);
    }

    /** Whether some message of the writer, written by it and read by it, is not one of the reader. */
    private static boolean isUnreadable(Class<?> writer, Class<?> reader) {
        var examples = new Examples(schema(writer), new Random(1));
        return Stream.generate(examples::next).limit(200).anyMatch(example -> {
            var written = MessageJson.write(MessageJson.read(Buffer.buffer(example.toString()), writer));
            try {
                MessageJson.read(written, reader);
                return false;
            } catch (UnreadableMessage unreadable) {
                return true;
            }
        });
    }

    @Test
    void types_without_a_schema_are_refused() {
        record OfBytes(Buffer bytes) {}
        record OfObject(Object any) {}
        record OfNulls(List<@Nullable String> texts) {}
        record ByNumber(Map<Integer, String> texts) {}
        for (var type : List.of(OfBytes.class, OfObject.class, OfNulls.class, ByNumber.class)) {
            assertThatThrownBy(() -> schema(type))
                    .as(type.getName())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(type.getSimpleName() + "." + type.getRecordComponents()[0].getName());
        }
    }

    record Plain(String id, String note) {}

    record OtherOrder(String note, String id) {}

    record WithoutNote(String id) {}

    record OptionalNote(String id, @Nullable String note) {}

    record OptionalNoteAndMore(
            String id, @Nullable String note, @Nullable UUID more) {}

    record IdAsUuid(UUID id, String note) {}

    record IdOfLetters(@Pattern(regexp = "^[a-z]{1,9}$") String id, String note) {
        IdOfLetters {
            require(id.matches("[a-z]{1,9}"));
        }
    }

    record IdOfDigits(@Pattern(regexp = "^[0-9]{1,9}$") String id, String note) {
        IdOfDigits {
            require(id.matches("[0-9]{1,9}"));
        }
    }

    record OfInt(int n) {}

    record OfLong(long n) {}

    record FromOne(@Min(1) int n) {
        FromOne {
            require(n >= 1);
        }
    }

    record FromOneAndMore(@Min(1) int n, @Nullable String more) {
        FromOneAndMore {
            require(n >= 1);
        }
    }

    record FromTwo(@Min(2) int n) {
        FromTwo {
            require(n >= 2);
        }
    }

    record OfPlain(List<Plain> parts) {}

    record OfOtherOrder(Set<OtherOrder> parts) {}

    record OfWithoutNote(List<WithoutNote> parts) {}

    record OfOptionalNote(List<OptionalNote> parts) {}

    record OfText(List<String> parts) {}

    record ByName(Map<String, Plain> parts) {}

    record ByNameOfText(Map<String, String> parts) {}

    record HoldsPlain(Plain part) {}

    record MayHoldPlain(@Nullable Plain part) {}

    record MayHoldPlainSaidOtherwise(@Nullable OtherOrder part) {}

    record Chain(String id, @Nullable Chain next) {}

    record LongerChain(
            String id, @Nullable LongerChain next, @Nullable String note) {}

    enum Colour {
        RED,
        GREEN
    }

    enum ColourOtherwise {
        GREEN,
        RED
    }

    enum MoreColour {
        RED,
        GREEN,
        BLUE
    }

    record OfColour(Colour colour) {}

    record OfColourOtherwise(ColourOtherwise colour) {}

    record OfMoreColour(MoreColour colour) {}

    record OfAnyColour(String colour) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({@JsonSubTypes.Type(value = A.class, name = "a"), @JsonSubTypes.Type(value = B.class, name = "b")})
    sealed interface Family permits A, B {}

    record A(String id, String note) implements Family {}

    record B() implements Family {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = RenamedB.class, name = "b"),
        @JsonSubTypes.Type(value = RenamedA.class, name = "a")
    })
    sealed interface RenamedFamily permits RenamedA, RenamedB {}

    record RenamedA(String id, String note) implements RenamedFamily {}

    record RenamedB() implements RenamedFamily {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = LargerA.class, name = "a"),
        @JsonSubTypes.Type(value = LargerB.class, name = "b"),
        @JsonSubTypes.Type(value = LargerC.class, name = "c")
    })
    sealed interface LargerFamily permits LargerA, LargerB, LargerC {}

    record LargerA(String id, String note) implements LargerFamily {}

    record LargerB() implements LargerFamily {}

    record LargerC() implements LargerFamily {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = OtherA.class, name = "a"),
        @JsonSubTypes.Type(value = OtherB.class, name = "b")
    })
    sealed interface OtherFamily permits OtherA, OtherB {}

    record OtherA(String id, String note) implements OtherFamily {}

    record OtherB(int n) implements OtherFamily {}

    record HoldsFamily(Family part) {}

    record HoldsRenamedFamily(RenamedFamily part) {}

    record HoldsLargerFamily(LargerFamily part) {}

    record HoldsOtherFamily(OtherFamily part) {}

    private static void require(boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException("beyond a limit");
        }
    }
}
