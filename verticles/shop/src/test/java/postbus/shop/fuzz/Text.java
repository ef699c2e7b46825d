package postbus.shop.fuzz;

import java.util.List;
import java.util.Map;
import java.util.Random;

/** Writes JSON that a library would not: of maps, lists, texts, numbers and {@link Raw}, escaped now and then. */
final class Text {
    private Text() {}

    static String json(Object value, Random random) {
        var text = new StringBuilder();
        write(value, text, random);
        return text.toString();
    }

    private static void write(Object value, StringBuilder text, Random random) {
        switch (value) {
            case Map<?, ?> object -> {
                var separator = "{";
                for (var field : object.entrySet()) {
                    text.append(separator);
                    quote((String) field.getKey(), text, random);
                    text.append(':');
                    write(field.getValue(), text, random);
                    separator = ",";
                }
                text.append(object.isEmpty() ? "{}" : "}");
            }
            case List<?> list -> {
                var separator = "[";
                for (var item : list) {
                    text.append(separator);
                    write(item, text, random);
                    separator = ",";
                }
                text.append(list.isEmpty() ? "[]" : "]");
            }
            case String string -> quote(string, text, random);
            case Raw raw -> text.append(raw.text());
            default -> text.append(value);
        }
    }

    private static void quote(String string, StringBuilder text, Random random) {
        var escapesAll = random.nextInt(4) == 0;
        text.append('"');
        for (int i = 0; i < string.length(); i++) {
            var c = string.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < 0x20 || Character.isSurrogate(c) || escapesAll) {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }
}
