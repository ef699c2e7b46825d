package postbus.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.CustomDefinition.AttributeInclusion;
import com.github.victools.jsonschema.generator.CustomDefinition.DefinitionType;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.MemberScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonModule;
import com.github.victools.jsonschema.module.jackson.JacksonOption;
import com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationModule;
import com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationOption;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The JSON Schema (2020-12) of a record as {@link postbus.messaging.MessageJson} writes and reads it: components in
 * their order, required unless {@link Nullable}, limits as Jakarta Validation's annotations name them (the record's
 * constructor is what holds them), other fields allowed.
 */
final class RecordSchema {
    private static final Set<Class<?>> PLAIN = Set.of(
            boolean.class,
            Boolean.class,
            int.class,
            Integer.class,
            long.class,
            Long.class,
            double.class,
            Double.class,
            BigDecimal.class,
            String.class,
            UUID.class,
            Instant.class,
            Duration.class,
            LocalDate.class);

    /** What {@link Duration#toString} writes. The format "duration" allows neither fractions nor signs. */
    static final String DURATION = "^PT(?=[-0-9])(-?[0-9]{1,12}H)?(-?[0-9]{1,2}M)?(-?[0-9]{1,2}(\\.[0-9]{1,9})?S)?$";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final SchemaGenerator GENERATOR = generator();

    private RecordSchema() {}

    /** @param name for its title, and with {@code .json} for its id */
    static ObjectNode of(String name, Class<?> type) {
        requireWritable(type, type.getSimpleName(), new HashSet<>());
        var schema = GENERATOR.generateSchema(type);
        ObjectNode named = schema.objectNode();
        named.set("$schema", schema.remove("$schema"));
        named.put("$id", name + ".json").put("title", name);
        named.setAll(schema);
        return parse(named.toString());
    }

    /** As it will be when it comes from a file: 1 is not the same as a decimal 1. */
    private static ObjectNode parse(String json) {
        try {
            return (ObjectNode) JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("what was written as JSON is none: " + json, e);
        }
    }

    private static SchemaGenerator generator() {
        var config = new SchemaGeneratorConfigBuilder(SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
                .with(Option.EXTRA_OPEN_API_FORMAT_VALUES)
                .with(Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES)
                .with(Option.DEFINITIONS_FOR_ALL_OBJECTS)
                .with(Option.INLINE_NULLABLE_SCHEMAS)
                .with(Option.PLAIN_DEFINITION_KEYS)
                .with(new JacksonModule(JacksonOption.FLATTENED_ENUMS_FROM_JSONPROPERTY))
                .with(new JakartaValidationModule(JakartaValidationOption.INCLUDE_PATTERN_EXPRESSIONS));
        config.forTypesInGeneral()
                .withPropertySorter(Comparator.comparingInt(RecordSchema::place))
                .withCustomDefinitionProvider(
                        (type, context) -> type.getErasedType() == Duration.class ? duration() : null);
        config.forFields().withNullableCheck(RecordSchema::isNullable).withRequiredCheck(field -> !isNullable(field));
        return new SchemaGenerator(config.build());
    }

    private static CustomDefinition duration() {
        var schema = JsonNodeFactory.instance.objectNode().put("type", "string").put("pattern", DURATION);
        return new CustomDefinition(schema, DefinitionType.INLINE, AttributeInclusion.YES);
    }

    private static int place(MemberScope<?, ?> member) {
        var components = member.getDeclaringType().getErasedType().getRecordComponents();
        return Stream.of(components).map(RecordComponent::getName).toList().indexOf(member.getDeclaredName());
    }

    private static boolean isNullable(FieldScope field) {
        return !field.isFakeContainerItemScope()
                && field.getRawMember().getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    /** Types whose JSON the schema describes and {@link Examples} makes; for others neither is known. */
    private static void requireWritable(Class<?> type, String path, Set<Class<?>> seen) {
        if (PLAIN.contains(type) || type.isEnum() || !seen.add(type)) {
            return;
        }
        if (type.isRecord()) {
            for (var component : type.getRecordComponents()) {
                requireWritable(component.getAnnotatedType(), path + "." + component.getName(), seen);
            }
        } else if (type.isSealed() && type.isInterface()) {
            for (var member : type.getPermittedSubclasses()) {
                requireWritable(member, path + "(" + member.getSimpleName() + ")", seen);
            }
        } else {
            throw new IllegalArgumentException("a contract cannot hold " + type.getName() + " (" + path
                    + "): records, sealed families of them, enums, List, Set, Map by String and " + PLAIN);
        }
    }

    private static void requireWritable(AnnotatedType declared, String path, Set<Class<?>> seen) {
        if (!(declared instanceof AnnotatedParameterizedType generic)) {
            requireWritable((Class<?>) declared.getType(), path, seen);
            return;
        }
        var container = (Class<?>) ((ParameterizedType) generic.getType()).getRawType();
        var arguments = generic.getAnnotatedActualTypeArguments();
        var isByString = container == Map.class && arguments[0].getType() == String.class;
        if (!isByString && !List.of(List.class, Set.class).contains(container)) {
            throw new IllegalArgumentException("a contract cannot hold " + generic.getType() + " (" + path + ")");
        }
        var element = arguments[arguments.length - 1];
        if (element.isAnnotationPresent(Nullable.class)) {
            throw new IllegalArgumentException("elements of a contract's " + path + " cannot be null");
        }
        requireWritable(element, path + "[]", seen);
    }
}
