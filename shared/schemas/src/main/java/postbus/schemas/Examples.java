package postbus.schemas;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.curiousoddman.rgxgen.RgxGen;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Makes JSON that fits a schema, and JSON that just does not. What it makes is chosen by the random numbers alone, so
 * that a seed gives the same again.
 */
final class Examples {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final int DEPTH_MAX = 6;
    private static final int ELEMENTS_MAX = 3;
    private static final String LETTERS = "abcXYZ019 -_.,:/\"\\\n\u00e4\u4e2d";

    private final ObjectNode schema;
    private final Random random;

    Examples(ObjectNode schema, Random random) {
        this.schema = schema;
        this.random = random;
    }

    /** How an example was spoilt, and what came of it. */
    record Spoilt(String how, JsonNode json) {}

    /** Something that fits the schema; optional fields have a value, are null or absent. */
    JsonNode next() {
        return make(schema, 0, false);
    }

    /** Something that fits the schema and leaves nothing out, as far as it is not held by itself. */
    JsonNode full() {
        return make(schema, 0, true);
    }

    /** The same with a field that nobody knows, once in each object. */
    List<Spoilt> withUnknownFields(JsonNode full) {
        var spoilt = new ArrayList<Spoilt>();
        visit(full, schema, JsonPointer.empty(), (shape, at) -> {
            if (full.at(at).isObject() && !shape.own().has("additionalProperties")) {
                spoilt.add(changed(full, at, "unknown field", object -> object.put("never-heard-of", 1)));
            }
        });
        return spoilt;
    }

    /** The same without a required field, with null for it, or as an element: once for each of them. */
    List<Spoilt> withSomethingMissing(JsonNode full) {
        var spoilt = new ArrayList<Spoilt>();
        visit(full, schema, JsonPointer.empty(), (shape, at) -> {
            var value = full.at(at);
            shape.fields().filter(shape::isRequired).forEach(field -> {
                spoilt.add(changed(full, at, "without " + field, object -> object.remove(field)));
                spoilt.add(changed(full, at, "null for " + field, object -> object.putNull(field)));
            });
            if (value.isArray()) {
                var copy = full.deepCopy();
                ((ArrayNode) copy.at(at)).addNull();
                spoilt.add(new Spoilt(at + " null as an element", copy));
            } else if (shape.own().has("additionalProperties")) {
                spoilt.add(changed(full, at, "null as an element", object -> object.putNull("of-null")));
            }
        });
        return spoilt;
    }

    /** The same with a value just beyond a limit, once for each limit. */
    List<Spoilt> beyondLimits(JsonNode full) {
        var spoilt = new ArrayList<Spoilt>();
        visit(full, schema, JsonPointer.empty(), (shape, at) -> {
            for (var wrong : beyondLimits(shape.own())) {
                var copy = full.deepCopy();
                var parent = copy.at(at.head());
                if (parent instanceof ObjectNode object) {
                    object.set(at.last().getMatchingProperty(), wrong);
                } else {
                    ((ArrayNode) parent).set(at.last().getMatchingIndex(), wrong);
                }
                spoilt.add(new Spoilt(at + " beyond a limit: " + wrong, copy));
            }
        });
        return spoilt;
    }

    private static List<JsonNode> beyondLimits(ObjectNode own) {
        var wrong = new ArrayList<JsonNode>();
        if (own.has("minimum")) {
            wrong.add(JSON.numberNode(own.get("minimum").asLong() - 1));
        }
        if (own.has("maximum")) {
            wrong.add(JSON.numberNode(own.get("maximum").asLong() + 1));
        }
        if (own.path("minLength").asInt() > 0) {
            wrong.add(JSON.textNode("x".repeat(own.get("minLength").asInt() - 1)));
        }
        if (own.has("maxLength")) {
            wrong.add(JSON.textNode("x".repeat(own.get("maxLength").asInt() + 1)));
        }
        if (own.has("pattern")) {
            var pattern = Pattern.compile(own.get("pattern").asText());
            Stream.of("", " ", "\u00e9", "?!", "x\n")
                    .filter(text -> !pattern.matcher(text).find())
                    .map(JSON::textNode)
                    .forEach(wrong::add);
        }
        return wrong;
    }

    private interface Visitor {
        void at(Shape shape, JsonPointer where);
    }

    private void visit(JsonNode value, JsonNode part, JsonPointer at, Visitor visitor) {
        if (value.isNull()) {
            return;
        }
        var whole = Shape.of(part, schema);
        var shape = whole.cases().stream()
                .filter(one -> one.fields()
                        .anyMatch(field -> one.field(field).has("const")
                                && one.field(field).get("const").equals(value.path(field))))
                .findFirst()
                .orElse(whole);
        visitor.at(shape, at);
        if (value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                visit(value.get(i), shape.own().path("items"), at.appendIndex(i), visitor);
            }
        }
        for (var field : value.properties()) {
            var type = shape.own().has("additionalProperties")
                    ? shape.own().get("additionalProperties")
                    : shape.field(field.getKey());
            visit(field.getValue(), type, at.appendProperty(field.getKey()), visitor);
        }
    }

    private static Spoilt changed(JsonNode whole, JsonPointer at, String how, Consumer<ObjectNode> change) {
        var copy = whole.deepCopy();
        change.accept((ObjectNode) copy.at(at));
        return new Spoilt(at + " " + how, copy);
    }

    private JsonNode make(JsonNode part, int depth, boolean isFull) {
        var shape = Shape.of(part, schema);
        if (shape.isNullable() && (depth > DEPTH_MAX || (!isFull && random.nextInt(3) == 0))) {
            return JSON.nullNode();
        }
        if (!shape.cases().isEmpty()) {
            return make(any(shape.cases()), depth, isFull);
        }
        return make(shape, depth, isFull);
    }

    private JsonNode make(Shape shape, int depth, boolean isFull) {
        var own = shape.own();
        if (own.has("const")) {
            return own.get("const");
        }
        if (own.has("enum")) {
            return any(Shape.elements(own.get("enum")).toList());
        }
        var type = own.path("type").asText();
        return switch (type) {
            case "object" -> object(shape, depth, isFull);
            case "array" -> array(own, depth, isFull);
            case "string" -> JSON.textNode(text(own));
            case "integer" -> JSON.numberNode(integer(own));
            case "number" -> JSON.numberNode(random.nextInt(-1_000, 1_000) / 4.0);
            case "boolean" -> JSON.booleanNode(random.nextBoolean());
            default -> throw new IllegalArgumentException("no example for " + own);
        };
    }

    private ObjectNode object(Shape shape, int depth, boolean isFull) {
        var object = JSON.objectNode();
        shape.fields().forEach(field -> {
            if (shape.isRequired(field) || isFull || random.nextInt(4) > 0) {
                object.set(field, make(shape.field(field), depth + 1, isFull));
            }
        });
        if (shape.own().has("additionalProperties")) {
            for (int left = count(0, ELEMENTS_MAX, depth, isFull); left > 0; left--) {
                object.set("of-" + left, make(shape.own().get("additionalProperties"), depth + 1, isFull));
            }
        }
        return object;
    }

    private ArrayNode array(ObjectNode own, int depth, boolean isFull) {
        var array = JSON.arrayNode();
        int least = own.path("minItems").asInt(0);
        int most = own.path("maxItems").asInt(least + ELEMENTS_MAX);
        for (int left = count(least, most, depth, isFull); left > 0; left--) {
            array.add(make(own.get("items"), depth + 1, isFull));
        }
        return array;
    }

    private int count(int least, int most, int depth, boolean isFull) {
        if (depth > DEPTH_MAX) {
            return least;
        }
        return isFull ? Math.max(least, 1) : random.nextInt(least, most + 1);
    }

    private long integer(ObjectNode own) {
        var isInt = own.path("format").asText().equals("int32");
        long least = own.path("minimum").asLong(isInt ? Integer.MIN_VALUE : Long.MIN_VALUE);
        long most = own.path("maximum").asLong(isInt ? Integer.MAX_VALUE : Long.MAX_VALUE);
        return switch (random.nextInt(4)) {
            case 0 -> least;
            case 1 -> most;
            default -> least == most ? least : random.nextLong(least, most);
        };
    }

    private String text(ObjectNode own) {
        if (own.has("pattern")) {
            return matching(own.get("pattern").asText());
        }
        var instant = Instant.EPOCH.plusNanos(random.nextLong(4_000_000_000_000_000L) * 1_000);
        return switch (own.path("format").asText()) {
            case "uuid" -> new UUID(random.nextLong(), random.nextLong()).toString();
            case "date-time" ->
                random.nextBoolean()
                        ? instant.toString()
                        : DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(instant.atOffset(ZoneOffset.ofHours(2)));
            case "date" -> LocalDate.ofInstant(instant, ZoneOffset.UTC).toString();
            case "" ->
                text(own.path("minLength").asInt(0), own.path("maxLength").asInt(Integer.MAX_VALUE));
            default -> throw new IllegalArgumentException("no example for " + own);
        };
    }

    private String matching(String pattern) {
        var text = pattern.equals(RecordSchema.DURATION)
                ? Duration.ofMillis(random.nextInt()).toString()
                : RgxGen.parse(pattern).generate(random);
        if (!Pattern.compile(pattern).matcher(text).find()) {
            throw new IllegalArgumentException("no example for " + pattern);
        }
        return text;
    }

    private String text(int least, int most) {
        int length = random.nextInt(least, Math.min(most, least + 12) + 1);
        var text = new StringBuilder();
        while (text.length() < length) {
            text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return text.toString();
    }

    private <T> T any(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
