package postbus.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Compares two schemas of one contract by the {@link Rule}s. What it does not know it calls a changed type. */
final class Compatibility {
    private static final Set<String> LIMITS = Set.of(
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
            "minLength",
            "maxLength",
            "pattern",
            "minItems",
            "maxItems",
            "uniqueItems",
            "minProperties",
            "maxProperties");

    private static final List<String> ELEMENTS = List.of("items", "additionalProperties");

    private static final Set<String> FIELDS_AND_CONSTANTS = Set.of("properties", "required", "enum");

    private final ObjectNode before;
    private final ObjectNode after;
    private final List<Break> breaks = new ArrayList<>();
    private final List<String> additions = new ArrayList<>();

    /** Pairs being compared: a record may hold itself. */
    private final Set<List<JsonNode>> inHand = new HashSet<>();

    private Compatibility(ObjectNode before, ObjectNode after) {
        this.before = before;
        this.after = after;
    }

    /** @param where JSON pointer of what changed, {@code []} for any element */
    record Break(Rule rule, String where, String what) {
        @Override
        public String toString() {
            return rule + " " + where + " (" + what + "): " + rule.why();
        }
    }

    /**
     * @param breaks none if the change is compatible
     * @param additions fields that are new and may be absent
     */
    record Change(List<Break> breaks, List<String> additions) {}

    static Change between(ObjectNode before, ObjectNode after) {
        var comparison = new Compatibility(before, after);
        comparison.compare(before, after, "");
        return new Change(List.copyOf(comparison.breaks), List.copyOf(comparison.additions));
    }

    private void compare(JsonNode oldSchema, JsonNode newSchema, String where) {
        var pair = List.of(oldSchema, newSchema);
        if (inHand.add(pair)) {
            compare(Shape.of(oldSchema, before), Shape.of(newSchema, after), where);
            inHand.remove(pair);
        }
    }

    private void compare(Shape old, Shape now, String where) {
        if (old.cases().isEmpty() != now.cases().isEmpty()) {
            breaks(Rule.TYPE_CHANGED, where, old.cases().isEmpty() ? "now a family" : "no family any more");
        } else if (!old.cases().isEmpty()) {
            compareCases(byName(old.cases()), byName(now.cases()), where);
        } else if (isOfOneType(old, now, where)) {
            compareLimits(old, now, where);
            compareConstants(old, now, where);
            compareFields(old, now, where);
            for (var elements : ELEMENTS) {
                if (old.own().has(elements)) {
                    compare(old.own().get(elements), now.own().get(elements), where + "/[]");
                }
            }
        }
    }

    private boolean isOfOneType(Shape old, Shape now, String where) {
        for (var keyword : names(old.own(), now.own())) {
            var was = old.own().path(keyword);
            var is = now.own().path(keyword);
            var isSame = ELEMENTS.contains(keyword) ? was.isMissingNode() == is.isMissingNode() : was.equals(is);
            if (!isSame && !LIMITS.contains(keyword) && !FIELDS_AND_CONSTANTS.contains(keyword)) {
                breaks(Rule.TYPE_CHANGED, where, keyword + " was " + said(was) + ", is " + said(is));
                return false;
            }
        }
        return true;
    }

    private void compareLimits(Shape old, Shape now, String where) {
        for (var limit : LIMITS.stream().sorted().toList()) {
            var was = old.own().path(limit);
            var is = now.own().path(limit);
            if (!was.equals(is)) {
                breaks(Rule.LIMIT_CHANGED, where, limit + " was " + said(was) + ", is " + said(is));
            }
        }
    }

    private void compareConstants(Shape old, Shape now, String where) {
        var were = Shape.elements(old.own().path("enum")).toList();
        var are = Shape.elements(now.own().path("enum")).toList();
        if (were.isEmpty() != are.isEmpty()) {
            breaks(Rule.TYPE_CHANGED, where, were.isEmpty() ? "now constants" : "no constants any more");
            return;
        }
        were.stream().filter(one -> !are.contains(one)).forEach(one -> breaks(Rule.CONSTANT_REMOVED, where, said(one)));
        are.stream().filter(one -> !were.contains(one)).forEach(one -> breaks(Rule.CONSTANT_ADDED, where, said(one)));
    }

    private void compareCases(Map<String, Shape> were, Map<String, Shape> are, String where) {
        for (var name : union(were.keySet(), are.keySet())) {
            var was = were.get(name);
            var is = are.get(name);
            if (is == null) {
                breaks(Rule.CASE_REMOVED, where, name);
            } else if (was == null) {
                breaks(Rule.CASE_ADDED, where, name);
            } else {
                compare(was, is, where + "(" + name + ")");
            }
        }
    }

    private void compareFields(Shape old, Shape now, String where) {
        var were = old.fields().toList();
        var are = now.fields().toList();
        for (var field : union(were, are)) {
            var path = where + "/" + field;
            if (!are.contains(field)) {
                breaks(Rule.FIELD_REMOVED, path, isOptional(old, field, before) ? "was optional" : "was required");
            } else if (were.contains(field)) {
                compareOptional(isOptional(old, field, before), isOptional(now, field, after), path);
                compare(old.field(field), now.field(field), path);
            } else if (isOptional(now, field, after)) {
                additions.add(path);
            } else {
                breaks(Rule.REQUIRED_FIELD_ADDED, path, "is new");
            }
        }
    }

    private void compareOptional(boolean was, boolean is, String where) {
        if (was != is) {
            breaks(is ? Rule.MADE_OPTIONAL : Rule.MADE_REQUIRED, where, "was " + (was ? "optional" : "required"));
        }
    }

    private static boolean isOptional(Shape owner, String field, ObjectNode root) {
        return !owner.isRequired(field) || Shape.of(owner.field(field), root).isNullable();
    }

    private void breaks(Rule rule, String where, String what) {
        breaks.add(new Break(rule, where.isEmpty() ? "/" : where, what));
    }

    private static Map<String, Shape> byName(List<Shape> cases) {
        return cases.stream()
                .collect(Collectors.toMap(
                        Shape::caseName,
                        shape -> shape,
                        (one, other) -> {
                            throw new IllegalArgumentException("nothing tells cases apart: " + one + ", " + other);
                        },
                        LinkedHashMap::new));
    }

    private static Set<String> names(ObjectNode one, ObjectNode other) {
        var names = new LinkedHashSet<String>();
        one.fieldNames().forEachRemaining(names::add);
        other.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static Set<String> union(Iterable<String> one, Iterable<String> other) {
        var union = new LinkedHashSet<String>();
        one.forEach(union::add);
        other.forEach(union::add);
        return union;
    }

    private static String said(JsonNode value) {
        return value.isMissingNode() ? "absent" : value.toString();
    }
}
