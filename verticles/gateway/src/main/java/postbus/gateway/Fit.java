package postbus.gateway;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whether a value surely fits a schema. The validator interprets the schema anew for each value, compiles its patterns
 * and gathers what is wrong, which for one parameter took a quarter of the gateway's time; most values are right, and
 * that is quickly seen.
 *
 * <p>Says no more than "surely": what is false here may still fit, by a keyword or a kind of number that is not known
 * here, and is for the validator to decide. So are all sentences about what is wrong.
 */
final class Fit {
    private static final Set<String> WITHOUT_EFFECT =
            Set.of("description", "title", "summary", "examples", "example", "default", "deprecated");

    private final List<Predicate<@Nullable Object>> rules = new ArrayList<>();

    private Fit(JsonObject schema) {
        schema.getMap().forEach((keyword, any) -> {
            if (!WITHOUT_EFFECT.contains(keyword) && !keyword.startsWith("x-") && !keyword.startsWith("__")) {
                rules.add(rule(keyword, schema));
            }
        });
    }

    static Fit of(JsonObject schema) {
        return new Fit(schema);
    }

    boolean isSure(@Nullable Object value) {
        for (var rule : rules) {
            if (!rule.test(value)) {
                return false;
            }
        }
        return true;
    }

    /** Each is also a rule about the type, for which alone it is known here. */
    private static Predicate<@Nullable Object> rule(String keyword, JsonObject schema) {
        return switch (keyword) {
            case "type" -> type(schema.getValue(keyword));
            case "format" -> format(schema.getValue(keyword));
            case "minLength" -> atLeast(schema, keyword, Fit::length);
            case "maxLength" -> atMost(schema, keyword, Fit::length);
            case "minimum" -> atLeast(schema, keyword, Fit::number);
            case "maximum" -> atMost(schema, keyword, Fit::number);
            case "minItems" -> atLeast(schema, keyword, value -> size(items(value)));
            case "maxItems" -> atMost(schema, keyword, value -> size(items(value)));
            case "minProperties" -> atLeast(schema, keyword, value -> size(fields(value)));
            case "maxProperties" -> atMost(schema, keyword, value -> size(fields(value)));
            case "pattern" -> pattern(schema.getString(keyword));
            case "enum" -> oneOf(schema.getJsonArray(keyword));
            case "items" -> each(Fit.of(schema.getJsonObject(keyword)));
            case "required" -> required(schema.getJsonArray(keyword));
            case "properties" -> properties(schema.getJsonObject(keyword));
            case "additionalProperties" -> noOthers(schema);
            default -> value -> false;
        };
    }

    private static Predicate<@Nullable Object> type(Object type) {
        if (!(type instanceof String name)) {
            return value -> false;
        }
        return switch (name) {
            case "string" -> value -> value instanceof String;
            case "integer" -> value -> number(value) != null;
            case "boolean" -> value -> value instanceof Boolean;
            case "array" -> value -> items(value) != null;
            case "object" -> value -> fields(value) != null;
            default -> value -> false;
        };
    }

    private static Predicate<@Nullable Object> format(Object format) {
        return format.equals("uuid")
                ? value -> value instanceof String text
                        && Correlation.UUID_TEXT.matcher(text).matches()
                : value -> false;
    }

    private interface Measure {
        @Nullable
        Long of(@Nullable Object value);
    }

    private static Predicate<@Nullable Object> atLeast(JsonObject schema, String keyword, Measure measure) {
        var limit = number(schema.getValue(keyword));
        if (limit == null) {
            return value -> false;
        }
        return value -> {
            var measured = measure.of(value);
            return measured != null && measured >= limit;
        };
    }

    private static Predicate<@Nullable Object> atMost(JsonObject schema, String keyword, Measure measure) {
        var limit = number(schema.getValue(keyword));
        if (limit == null) {
            return value -> false;
        }
        return value -> {
            var measured = measure.of(value);
            return measured != null && measured <= limit;
        };
    }

    private static Predicate<@Nullable Object> pattern(String regex) {
        var pattern = Pattern.compile(regex);
        return value -> value instanceof String text && pattern.matcher(text).find();
    }

    private static Predicate<@Nullable Object> oneOf(JsonArray values) {
        var texts = values.stream()
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .collect(Collectors.toUnmodifiableSet());
        return value -> value instanceof String text && texts.contains(text);
    }

    private static Predicate<@Nullable Object> each(Fit fit) {
        return value -> {
            var items = items(value);
            if (items == null) {
                return false;
            }
            for (var item : items) {
                if (!fit.isSure(item)) {
                    return false;
                }
            }
            return true;
        };
    }

    private static Predicate<@Nullable Object> required(JsonArray names) {
        var all = names.stream().map(String.class::cast).toList();
        return value -> {
            var given = fields(value);
            return given != null && given.keySet().containsAll(all);
        };
    }

    private static Predicate<@Nullable Object> properties(JsonObject properties) {
        var fits = fieldNames(properties)
                .collect(Collectors.toUnmodifiableMap(name -> name, name -> Fit.of(properties.getJsonObject(name))));
        return value -> {
            var given = fields(value);
            if (given == null) {
                return false;
            }
            for (var field : given.entrySet()) {
                var fit = fits.get(field.getKey());
                if (fit != null && !fit.isSure(field.getValue())) {
                    return false;
                }
            }
            return true;
        };
    }

    private static Predicate<@Nullable Object> noOthers(JsonObject schema) {
        var properties = schema.getJsonObject("properties");
        if (properties == null || !Boolean.FALSE.equals(schema.getValue("additionalProperties"))) {
            return value -> false;
        }
        var known = fieldNames(properties).collect(Collectors.toUnmodifiableSet());
        return value -> {
            var given = fields(value);
            return given != null && known.containsAll(given.keySet());
        };
    }

    /** Without what the validator notes down in a schema. */
    private static Stream<String> fieldNames(JsonObject properties) {
        return properties.fieldNames().stream().filter(name -> !name.startsWith("__"));
    }

    // Values, as Jackson reads them and as they are seen in a JsonObject

    private static @Nullable Long length(@Nullable Object value) {
        return value instanceof String text ? (Long) (long) text.codePointCount(0, text.length()) : null;
    }

    /** Not one with a fraction, and not one beyond 64 bits. */
    private static @Nullable Long number(@Nullable Object value) {
        return value instanceof Integer || value instanceof Long ? (Long) ((Number) value).longValue() : null;
    }

    private static @Nullable Long size(@Nullable List<? extends @Nullable Object> items) {
        return items == null ? null : (Long) (long) items.size();
    }

    private static @Nullable Long size(@Nullable Map<String, Object> fields) {
        return fields == null ? null : (Long) (long) fields.size();
    }

    private static @Nullable List<? extends @Nullable Object> items(@Nullable Object value) {
        return value instanceof JsonArray array
                ? (List<?>) array.getList()
                : value instanceof List<?> list ? list : null;
    }

    @SuppressWarnings("unchecked") // a JSON object's names are text
    private static @Nullable Map<String, Object> fields(@Nullable Object value) {
        return value instanceof JsonObject object
                ? object.getMap()
                : value instanceof Map<?, ?> map ? (Map<String, Object>) map : null;
    }
}
