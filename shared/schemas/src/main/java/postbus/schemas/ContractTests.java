package postbus.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import postbus.messaging.MessageJson;
import postbus.messaging.UnreadableMessage;

/**
 * Tests of a module's contracts, for a {@code @TestFactory} in it: that the schemas in a folder are what the records
 * say, that no change of them breaks a version, and that a schema says what is really written and read.
 *
 * <p>With {@code -Dpostbus.schemas.write=true} the schemas are written before they are compared; one whose change would
 * break its version is left as it is and fails. Random examples follow {@code -Dpostbus.schemas.seed}; failures name it.
 */
public final class ContractTests {
    private static final int EXAMPLES = 50;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final boolean isToWrite;
    private final long seed;

    ContractTests(Path folder, boolean isToWrite, long seed) {
        this.folder = folder;
        this.isToWrite = isToWrite;
        this.seed = seed;
    }

    /**
     * @param packageName where the records are, packages below it included
     * @param folder where the schemas are kept, from the module's folder: below its resources, so that they are in its jar
     */
    public static Stream<DynamicNode> of(String packageName, Path folder) {
        var contracts = Contract.in(packageName);
        var tests = new ContractTests(
                folder,
                Boolean.getBoolean("postbus.schemas.write"),
                Long.getLong("postbus.schemas.seed", new Random().nextLong()));
        return Stream.concat(
                Stream.of(dynamicTest("no schema without its contract", () -> tests.requireNoOthers(contracts))),
                contracts.stream().map(tests::of));
    }

    private DynamicNode of(Contract contract) {
        return dynamicContainer(
                contract.name(),
                List.of(
                        dynamicTest("has the schema that is kept", () -> requireKept(contract)),
                        dynamicTest("what fits is read, what is written fits", () -> requireFitting(contract)),
                        dynamicTest("unknown fields are ignored", () -> requireOpen(contract)),
                        dynamicTest(
                                "what is missing or beyond a limit fits not and is not read",
                                () -> requireStrict(contract))));
    }

    void requireNoOthers(Collection<Contract> contracts) {
        var names = new HashSet<String>();
        contracts.forEach(contract -> names.add(contract.fileName()));
        for (var file : files()) {
            if (!names.contains(file)) {
                throw new AssertionError(Rule.CONTRACT_REMOVED + " " + file + ": " + Rule.CONTRACT_REMOVED.why()
                        + ". Keep its record until no ledger keeps such a message and nobody sends one, then delete the"
                        + " file.");
            }
        }
    }

    void requireKept(Contract contract) {
        var file = folder.resolve(contract.fileName());
        var now = contract.schema();
        if (!Files.exists(file)) {
            requireWriting(file, now, contract.name() + " has no schema in " + folder);
            return;
        }
        var kept = read(file);
        var change = Compatibility.between(kept, now);
        if (!change.breaks().isEmpty()) {
            throw new AssertionError(contract.name() + " would not be the same contract any more:\n  "
                    + String.join(
                            "\n  ",
                            change.breaks().stream().map(Object::toString).toList())
                    + "\nLeave its record as it was and make a new version beside it.");
        }
        if (!text(now).equals(text(kept))) {
            requireWriting(file, now, contract.name() + " changed and is compatible, new: " + change.additions());
        }
    }

    private void requireWriting(Path file, ObjectNode schema, String why) {
        if (!isToWrite) {
            throw new AssertionError(why + ". Run this test with -Dpostbus.schemas.write=true and check the file in.");
        }
        try {
            Files.createDirectories(folder);
            Files.writeString(file, text(schema));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void requireFitting(Contract contract) {
        var schema = contract.schema();
        var fit = new JsonFit(schema);
        var examples = new Examples(schema, new Random(seed));
        for (int i = 0; i < EXAMPLES; i++) {
            var example = i == 0 ? examples.full() : examples.next();
            assertThat(fit.complaints(example)).as(said(example)).isEmpty();
            var message = MessageJson.read(buffer(example), contract.type());
            var written = MessageJson.write(message);
            var json = parse(written);
            assertThat(fit.complaints(json)).as(said(json)).isEmpty();
            assertThat(MessageJson.read(written, contract.type()))
                    .as(said(json))
                    .isEqualTo(message);
            requireNamed(json, schema, schema);
        }
    }

    void requireOpen(Contract contract) {
        var schema = contract.schema();
        var fit = new JsonFit(schema);
        var examples = new Examples(schema, new Random(seed));
        var full = examples.full();
        var message = MessageJson.read(buffer(full), contract.type());
        for (var more : examples.withUnknownFields(full)) {
            assertThat(fit.complaints(more.json())).as(said(more)).isEmpty();
            assertThat(MessageJson.read(buffer(more.json()), contract.type()))
                    .as(said(more))
                    .isEqualTo(message);
        }
    }

    void requireStrict(Contract contract) {
        var schema = contract.schema();
        var fit = new JsonFit(schema);
        var examples = new Examples(schema, new Random(seed));
        var full = examples.full();
        Stream.concat(examples.withSomethingMissing(full).stream(), examples.beyondLimits(full).stream())
                .forEach(spoilt -> {
                    assertThat(fit.fits(spoilt.json()))
                            .as(said(spoilt) + " fits the schema")
                            .isFalse();
                    assertThat(catchThrowable(() -> MessageJson.read(buffer(spoilt.json()), contract.type())))
                            .as(said(spoilt) + " is read")
                            .isInstanceOf(UnreadableMessage.class);
                });
    }

    /** A schema allows fields it does not name; what is written it must name, and each of them. */
    private void requireNamed(JsonNode written, JsonNode part, ObjectNode schema) {
        var shape = Shape.of(part, schema);
        if (!shape.cases().isEmpty() || written.isNull()) {
            return;
        }
        if (written.isObject() && !shape.own().has("additionalProperties")) {
            var names = new TreeSet<String>();
            written.fieldNames().forEachRemaining(names::add);
            assertThat(names)
                    .as(said(written))
                    .isEqualTo(new TreeSet<>(shape.fields().toList()));
            names.forEach(name -> requireNamed(written.get(name), shape.field(name), schema));
        } else if (written.isArray()) {
            written.forEach(element -> requireNamed(element, shape.own().get("items"), schema));
        }
    }

    private String said(Object example) {
        return example + ", -Dpostbus.schemas.seed=" + seed;
    }

    private List<String> files() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode read(Path file) {
        try {
            return (ObjectNode) JSON.readTree(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        }
    }

    private static JsonNode parse(Buffer json) {
        try {
            return JSON.readTree(json.getBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(ObjectNode schema) {
        return schema.toPrettyString() + "\n";
    }

    private static Buffer buffer(JsonNode json) {
        return Buffer.buffer(json.toString());
    }
}
