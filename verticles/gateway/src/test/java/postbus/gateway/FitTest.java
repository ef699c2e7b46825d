package postbus.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.Validator;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class FitTest {
    private static final Vertx VERTX = Vertx.vertx();
    private static final Contract CONTRACT = Contract.load(VERTX).await();
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final int MUTATIONS = 300;

    @AfterAll
    static void close() {
        VERTX.close().await();
    }

    /** Of all parameters and bodies, where the contract gives examples. */
    private static List<JsonObject> schemas() {
        var operations = CONTRACT.model().operations().stream();
        var schemas = operations.flatMap(operation -> Stream.concat(
                operation.getParameters().stream().map(parameter -> parameter.getSchema()),
                operation.getRequestBody() == null
                        ? Stream.<JsonSchema>empty()
                        : Stream.of(operation
                                .getRequestBody()
                                .getContent()
                                .get(RequestReader.JSON)
                                .getSchema())));
        return schemas.map(JsonObject.class::cast)
                .filter(schema -> schema.containsKey("examples"))
                .toList();
    }

    private static Validator validator(JsonObject schema) {
        return CONTRACT.model().getSchemaRepository().validator(JsonSchema.of(schema));
    }

    @Test
    void every_example_of_the_contract_is_surely_right() {
        assertThat(schemas()).hasSizeGreaterThan(8).allSatisfy(schema -> {
            for (var example : schema.getJsonArray("examples")) {
                assertThat(Fit.of(schema).isSure(example)).as("%s", example).isTrue();
            }
        });
    }

    @Test
    void what_is_surely_right_is_right() {
        System.out.println("seed " + SEED);
        var random = new Random(SEED);
        for (var schema : schemas()) {
            var fit = Fit.of(schema);
            var validator = validator(schema);
            int sure = 0;
            for (int i = 0; i < MUTATIONS; i++) {
                var value = mutated(schema.getJsonArray("examples").getValue(0), random);
                if (fit.isSure(value)) {
                    sure++;
                    assertThat(validator.validate(value).getValid())
                            .as("%s of %s", value, schema)
                            .isTrue();
                }
            }
            assertThat(sure).as("%s", schema).isLessThan(MUTATIONS);
        }
    }

    @Test
    void a_rule_that_is_not_known_makes_nothing_sure() {
        assertThat(Fit.of(JsonObject.of("type", "string", "contentEncoding", "base64"))
                        .isSure("YQ=="))
                .isFalse();
        assertThat(Fit.of(JsonObject.of("type", "integer", "maximum", 1.5)).isSure(1))
                .isFalse();
        assertThat(Fit.of(JsonObject.of("type", "integer")).isSure(1.0)).isFalse();
    }

    /** The same, or with something changed in one place. */
    private static Object mutated(Object value, Random random) {
        if (value instanceof JsonObject object && random.nextInt(4) > 0) {
            var copy = object.copy();
            var names = new ArrayList<>(copy.fieldNames());
            var name = names.get(random.nextInt(names.size()));
            switch (random.nextInt(4)) {
                case 0 -> copy.remove(name);
                case 1 -> copy.put("other" + random.nextInt(3), any(random));
                default -> copy.put(name, mutated(copy.getValue(name), random));
            }
            return copy;
        }
        if (value instanceof JsonArray array && random.nextInt(4) > 0) {
            var copy = array.copy();
            switch (random.nextInt(3)) {
                case 0 -> copy.clear();
                case 1 -> copy.add(any(random));
                default -> copy.set(0, mutated(copy.getValue(0), random));
            }
            return copy;
        }
        return random.nextInt(3) == 0 ? value : any(random);
    }

    private static Object any(Random random) {
        return switch (random.nextInt(9)) {
            case 0 -> "";
            case 1 -> "a".repeat(random.nextInt(400));
            case 2 -> "\ud83d\ude00".repeat(random.nextInt(70));
            case 3 -> random.nextInt();
            case 4 -> random.nextInt(5);
            case 5 -> random.nextLong();
            case 6 -> random.nextDouble();
            case 7 -> random.nextBoolean() ? new JsonObject() : new JsonArray().add("espresso");
            default -> " \u0001A-" + random.nextInt();
        };
    }
}
