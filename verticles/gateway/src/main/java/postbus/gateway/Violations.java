package postbus.gateway;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.pointer.JsonPointer;
import io.vertx.json.schema.OutputUnit;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns what the schema validator found into sentences with the value and the limit. The validator names a keyword and
 * two places; this looks up the limit in the schema and the value in the request.
 *
 * <p>Where the sentence cannot be told from the keyword, as for a pattern, the schema gives it in {@code x-rule}, a text
 * that goes on after "must be".
 */
final class Violations {
    /** Most values that are named; a body can have thousands of wrong ones. */
    static final int NAMED_MAX = 20;

    private static final int SHOWN_CHARACTERS_MAX = 40;

    private static final Pattern SINGLE_DIGIT = Pattern.compile("%([0-9A-F])(?![0-9A-F])");

    private final JsonObject schema;
    private final @Nullable Object value;
    /** The first thing wrong with each place: a text that is too long need not be told to break the pattern too. */
    private final Map<String, String> found = new LinkedHashMap<>();

    private Violations(JsonObject schema, @Nullable Object value) {
        this.schema = schema;
        this.value = value;
    }

    /** What is wrong, by JSON pointer into the value, at most {@value #NAMED_MAX}; empty when nothing is. */
    static Map<String, String> of(JsonObject schema, @Nullable Object value, OutputUnit outcome) {
        var violations = new Violations(schema, value);
        for (var error : Objects.requireNonNullElse(outcome.getErrors(), List.<OutputUnit>of())) {
            violations.add(error);
        }
        return violations.found;
    }

    private void add(OutputUnit error) {
        var place = decode(error.getInstanceLocation());
        var keyword = lastStep(error.getKeywordLocation());
        var rules = rules(error.getKeywordLocation());
        switch (keyword) {
            case "required" -> missing(place, rules);
            case "additionalProperties" -> unknown(place, fields(rules));
            case "type" -> put(place, "must be " + kind(rules.getString("type")) + ", is " + shown(at(place)));
            case "minimum" -> put(place, "must be at least " + rules.getValue("minimum") + ", is " + shown(at(place)));
            case "maximum" -> put(place, "must be at most " + rules.getValue("maximum") + ", is " + shown(at(place)));
            case "minLength", "maxLength" -> put(place, "must have " + lengths(rules) + ", has " + length(at(place)));
            case "minItems", "maxItems" -> put(place, "must have " + items(rules) + ", has " + size(at(place)));
            case "pattern", "format" ->
                put(place, "must be " + rules.getString("x-rule", "as the contract says") + ", is " + shown(at(place)));
            case "properties", "items", "$ref" -> {
                // says only that something inside is wrong, which comes as an error of its own
            }
            default -> put(place, "is not as the contract says (" + keyword + ")");
        }
    }

    private void put(String place, String detail) {
        if (found.size() < NAMED_MAX) {
            found.putIfAbsent(place, detail);
        }
    }

    private void missing(String place, JsonObject rules) {
        if (at(place) instanceof JsonObject object) {
            for (var field : rules.getJsonArray("required")) {
                if (!object.containsKey((String) field)) {
                    put(place + "/" + field, "is missing");
                }
            }
        }
    }

    /** The validator calls a known field that is wrong an additional one too. */
    private void unknown(String place, List<String> known) {
        if (!known.contains(lastStep(place))) {
            put(place, "is not known here; known are " + String.join(", ", known));
        }
    }

    private static List<String> fields(JsonObject rules) {
        return rules.getJsonObject("properties").fieldNames().stream()
                .filter(name -> !name.startsWith("__")) // what the validator notes down in a schema
                .toList();
    }

    private static String kind(String type) {
        return switch (type) {
            case "string" -> "text";
            case "integer" -> "a whole number";
            case "array" -> "a list";
            case "object" -> "an object";
            default -> type;
        };
    }

    private static String lengths(JsonObject rules) {
        return range(rules.getInteger("minLength", 0), rules.getInteger("maxLength")) + " characters";
    }

    private static String items(JsonObject rules) {
        return range(rules.getInteger("minItems", 0), rules.getInteger("maxItems")) + " entries";
    }

    private static String range(int min, int max) {
        return min == max ? String.valueOf(max) : min + " to " + max;
    }

    private static int length(@Nullable Object text) {
        return text instanceof String string ? string.codePointCount(0, string.length()) : 0;
    }

    private static int size(@Nullable Object list) {
        return list instanceof JsonArray array ? array.size() : 0;
    }

    private static String shown(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case JsonObject object -> "an object";
            case JsonArray list -> "a list";
            case String text -> "'" + shortened(text) + "'";
            default -> shortened(value.toString());
        };
    }

    private static String shortened(String text) {
        return text.length() <= SHOWN_CHARACTERS_MAX
                ? text
                : text.substring(0, text.offsetByCodePoints(0, SHOWN_CHARACTERS_MAX / 2)) + "…";
    }

    private @Nullable Object at(String place) {
        return place.isEmpty() ? value : JsonPointer.from(place).queryJson(value);
    }

    /** The schema that has the keyword. */
    private JsonObject rules(String keywordLocation) {
        Object rules = schema;
        var steps = keywordLocation.split("/", -1);
        for (int i = 1; i < steps.length - 1; i++) {
            // References are resolved in the schema, and still steps for the validator
            if (rules instanceof JsonObject object && !steps[i].equals("$ref")) {
                rules = object.getValue(steps[i]);
            }
        }
        return rules instanceof JsonObject object ? object : new JsonObject();
    }

    private static String lastStep(String location) {
        return location.substring(location.lastIndexOf('/') + 1);
    }

    /**
     * The validator gives places as URI fragments, percent-encoded; vertx-json-schema 5.0.10 with a single digit where
     * the other is a zero.
     */
    private static String decode(String fragment) {
        var encoded = SINGLE_DIGIT.matcher(fragment.substring(1)).replaceAll("%0$1");
        return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
