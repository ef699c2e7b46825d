package postbus.shop.fuzz;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Values for a schema: such that fit, at the limits of it or well inside, and such that do not, or should harm. */
final class Values {
    /** Text that some parser, database, log, page or spreadsheet takes for something else. */
    static final List<String> HOSTILE = List.of(
            "",
            " ",
            "\0",
            "a\0b",
            "a\r\nX-Injected: 1\r\n\r\n",
            "a\n2026-01-01 00:00:00 ERROR forged",
            "\ud800",
            "\udfff\ud800",
            "\u202egpj.exe",
            "\ufeffa",
            "\u2028",
            "\u007f\u0085",
            "\ud83d\udc69\u200d\ud83d\udc69\u200d\ud83d\udc67",
            "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d",
            "\u0661\u0662\u0663",
            "\u0130\u0131\ufb00",
            "' or 1=1 --",
            "'; drop table outbox; --",
            "$1",
            "%' escape '",
            "<script>alert(1)</script>",
            "\"><img src=x onerror=alert(1)>",
            "${jndi:ldap://127.0.0.1/a}",
            "{{7*7}}#{7*7}",
            "%s%n%x",
            "{}",
            "../../../etc/passwd",
            "..\\..\\a",
            "=cmd|' /C calc'!A0",
            "@SUM(1+1)",
            "null",
            "true",
            "NaN",
            "-1",
            "1e400",
            "0x10",
            "9223372036854775808",
            "-9223372036854775809",
            "~",
            "~1",
            "~2/a",
            "a/b",
            "/",
            "%",
            "%zz",
            "%00",
            "%25%30%30",
            "+",
            "a,b",
            "a=b&c=d",
            "*",
            ".",
            "..",
            "#",
            "?",
            ";a=b",
            "0000-00-00T00:00:00Z",
            "2026-02-30T25:61:61Z",
            "9999-12-31T23:59:59.999999999Z",
            "00000000-0000-0000-0000-000000000000",
            "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
            "1-1-1-1-1",
            "position:99999999999999999999",
            "shipping/ordering/99999999999999999999",
            "ordering=999999999999999999,nobody=1",
            "$ref",
            "__proto__",
            "__absolute_uri__",
            "x".repeat(65),
            "x".repeat(300),
            "\u00e4".repeat(256),
            "\ud83d\ude00".repeat(200));

    private static final List<Raw> NUMBERS = List.of(
            new Raw("-1"),
            new Raw("0"),
            new Raw("-0"),
            new Raw("1.0"),
            new Raw("1.5"),
            new Raw("1e0"),
            new Raw("1e3"),
            new Raw("1e400"),
            new Raw("-1e400"),
            new Raw("1e-400"),
            new Raw("1e999999999"),
            new Raw("2147483648"),
            new Raw("9223372036854775807"),
            new Raw("9223372036854775808"),
            new Raw("9007199254740993"),
            new Raw("9".repeat(99)),
            new Raw("9".repeat(400)),
            new Raw("0." + "0".repeat(90) + "1"),
            new Raw("01"),
            new Raw("+1"),
            new Raw(".5"),
            new Raw("NaN"),
            new Raw("Infinity"));

    /** What may be done to these without the shop standing still. */
    private static final Set<String> HARMLESS = Set.of("notifications", "nobody");

    private final Random random;

    Values(Random random) {
        this.random = random;
    }

    <T> T any(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    String hostile() {
        return any(HOSTILE);
    }

    /** A service that requests may pause and replay. */
    String harmless() {
        return any(List.copyOf(HARMLESS));
    }

    /** Something that fits, as far as can be told from types, limits and examples. */
    Object fitting(JsonObject schema) {
        if (schema.containsKey("enum")) {
            return any(schema.getJsonArray("enum").stream().toList());
        }
        return switch (schema.getString("type", "")) {
            case "object" -> object(schema);
            case "array" -> array(schema);
            case "integer", "number" -> number(schema);
            case "boolean" -> random.nextBoolean();
            default -> text(schema);
        };
    }

    private Map<String, Object> object(JsonObject schema) {
        var fields = new LinkedHashMap<String, Object>();
        var required = schema.getJsonArray("required", new JsonArray());
        var properties = schema.getJsonObject("properties", new JsonObject());
        Contract.names(properties).forEach(name -> {
            if (required.contains(name) || random.nextBoolean()) {
                fields.put(name, fitting(properties.getJsonObject(name)));
            }
        });
        return fields;
    }

    private List<Object> array(JsonObject schema) {
        var least = schema.getInteger("minItems", 0);
        var most = schema.getInteger("maxItems", least + 3);
        var size = random.nextInt(20) == 0 ? most : Math.min(most, least + random.nextInt(3));
        var items = new ArrayList<>();
        while (items.size() < size) {
            items.add(fitting(schema.getJsonObject("items")));
        }
        return items;
    }

    private long number(JsonObject schema) {
        var least = schema.getLong("minimum", 0L);
        var most = schema.getLong("maximum", Long.MAX_VALUE);
        return switch (random.nextInt(4)) {
            case 0 -> least;
            case 1 -> most;
            default -> Math.min(most, least + random.nextInt(20));
        };
    }

    private String text(JsonObject schema) {
        var examples = schema.getJsonArray("examples");
        if (examples != null && !examples.isEmpty() && random.nextInt(4) > 0) {
            return String.valueOf(examples.getValue(random.nextInt(examples.size())));
        }
        if (schema.containsKey("pattern") || schema.containsKey("format")) {
            var candidate = any(HOSTILE);
            var fits = schema.containsKey("pattern")
                    && java.util.regex.Pattern.compile(schema.getString("pattern"))
                            .matcher(candidate)
                            .find()
                    && candidate.codePointCount(0, candidate.length()) <= schema.getInteger("maxLength");
            return fits || examples == null ? candidate : String.valueOf(examples.getValue(0));
        }
        var most = schema.getInteger("maxLength", 40);
        return random.nextInt(8) == 0 ? "x".repeat(Math.min(most, 5_000)) : any(HOSTILE);
    }

    /** Something that has no business there, or only just not. */
    Object unfitting(JsonObject schema) {
        return switch (random.nextInt(10)) {
            case 0 -> any(NUMBERS);
            case 1 -> new Raw("null");
            case 2 -> nested(random.nextInt(60));
            case 3 -> Map.of();
            case 4 -> List.of();
            case 5 -> random.nextBoolean();
            case 6, 7 -> beyond(schema);
            default -> hostile();
        };
    }

    private Object beyond(JsonObject schema) {
        return switch (schema.getString("type", "")) {
            case "integer", "number" ->
                random.nextBoolean()
                        ? new Raw(String.valueOf(schema.getLong("minimum", 0L) - 1))
                        : new Raw(schema.getLong("maximum", Long.MAX_VALUE) + "0");
            case "array" -> {
                var items = new ArrayList<>();
                for (int i = 0; i <= Math.min(500, schema.getInteger("maxItems", 0)); i++) {
                    items.add(fitting(schema.getJsonObject("items")));
                }
                yield items;
            }
            case "string" -> "x".repeat(Math.min(20_000, schema.getInteger("maxLength", 0) + 1));
            default -> any(NUMBERS);
        };
    }

    /** As deep as told, of lists and objects. */
    static Raw nested(int depth) {
        return new Raw("[{\"a\":".repeat(depth) + "1" + "}]".repeat(depth));
    }

    /** Something for a parameter as a client would write it down. */
    String asText(Object value) {
        return value instanceof String || value instanceof Raw || value instanceof Number || value instanceof Boolean
                ? value instanceof Raw raw ? raw.text() : String.valueOf(value)
                : Text.json(value, random);
    }
}
