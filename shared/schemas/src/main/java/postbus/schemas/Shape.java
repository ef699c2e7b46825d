package postbus.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A part of a schema as it reads once references are followed.
 *
 * @param own its keywords; where it is a family, nothing
 * @param isNullable whether null fits it
 * @param cases the members of a sealed family; empty for anything else
 */
record Shape(ObjectNode own, boolean isNullable, List<Shape> cases) {
    private static final Set<String> SAID_ELSEWHERE = Set.of("$ref", "$defs", "$schema", "$id", "title", "description");

    static Shape of(JsonNode schema, ObjectNode root) {
        var merged = resolve((ObjectNode) schema, root);
        if (merged.remove("anyOf") instanceof ArrayNode choices) {
            var shapes = elements(choices).map(choice -> of(choice, root)).toList();
            var others = shapes.stream().filter(shape -> !shape.isOnlyNull()).toList();
            var isNullable = shapes.stream().anyMatch(Shape::isNullable);
            return others.size() == 1
                    ? new Shape(others.get(0).own, isNullable, others.get(0).cases)
                    : new Shape(merged, isNullable, List.copyOf(flat(others)));
        }
        if (merged.get("type") instanceof ArrayNode types) {
            elements(types)
                    .filter(type -> !type.asText().equals("null"))
                    .forEach(type -> merged.put("type", type.asText()));
            return new Shape(merged, true, List.of());
        }
        return new Shape(merged, merged.path("type").asText().equals("null"), List.of());
    }

    /** The value that tells it from the others of its family; empty if nothing does. */
    String caseName() {
        return fields().filter(field -> own.at("/properties/" + field).has("const"))
                .map(field -> own.at("/properties/" + field + "/const").asText())
                .findFirst()
                .orElse("");
    }

    Stream<String> fields() {
        Iterator<String> names = own.path("properties").fieldNames();
        var fields = new ArrayList<String>();
        names.forEachRemaining(fields::add);
        return fields.stream();
    }

    JsonNode field(String name) {
        return own.path("properties").path(name);
    }

    boolean isRequired(String field) {
        return elements(own.path("required")).anyMatch(name -> name.asText().equals(field));
    }

    static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private boolean isOnlyNull() {
        return own.path("type").asText().equals("null");
    }

    private static List<Shape> flat(List<Shape> shapes) {
        return shapes.stream()
                .flatMap(shape -> shape.cases.isEmpty() ? Stream.of(shape) : flat(shape.cases).stream())
                .toList();
    }

    /** The schema's keywords together with those of what it refers to. */
    private static ObjectNode resolve(ObjectNode schema, ObjectNode root) {
        ObjectNode merged = schema.has("$ref")
                ? resolve((ObjectNode) root.at(schema.get("$ref").asText().substring(1)), root)
                : root.objectNode();
        for (var keyword : schema.properties()) {
            var name = keyword.getKey();
            var value = keyword.getValue().deepCopy();
            if (name.equals("properties")) {
                merged.withObject("/properties").setAll((ObjectNode) value);
            } else if (name.equals("required")) {
                merged.withArray("/required").addAll((ArrayNode) value);
            } else if (!SAID_ELSEWHERE.contains(name)) {
                merged.set(name, value);
            }
        }
        return merged;
    }
}
