package postbus.messaging;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.AnnotatedParameter;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Records to JSON and back. Instants and durations are ISO 8601 text; unknown fields are ignored, so that an old
 * reader understands a newer writer. A field that is missing or null is read only where its component is
 * {@link Nullable}, and null as an element of a list, set or map only where the element's type is; elsewhere the body
 * is unreadable, so that a record that exists has what its type says.
 */
public final class MessageJson {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS, SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .annotationIntrospector(new NullnessIntrospector())
            .build();

    private MessageJson() {}

    /** Takes JSpecify's word for what must be there. */
    private static final class NullnessIntrospector extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1L;

        @Override
        public @Nullable Boolean hasRequiredMarker(AnnotatedMember member) {
            return isRequired(member) ? Boolean.TRUE : super.hasRequiredMarker(member);
        }

        @Override
        public JsonSetter.Value findSetterInfo(Annotated member) {
            if (!isOfRecord(member)) {
                return super.findSetterInfo(member);
            }
            var parameter = (AnnotatedParameter) member;
            return JsonSetter.Value.construct(
                    isRequired(parameter) ? Nulls.FAIL : Nulls.DEFAULT,
                    isElementNullable(parameter) ? Nulls.DEFAULT : Nulls.FAIL);
        }

        private static boolean isRequired(Annotated member) {
            return isOfRecord(member)
                    && !member.getRawType().isPrimitive()
                    && !typeOf((AnnotatedParameter) member).isAnnotationPresent(Nullable.class);
        }

        private static boolean isElementNullable(AnnotatedParameter parameter) {
            return typeOf(parameter) instanceof AnnotatedParameterizedType generic
                    && Stream.of(generic.getAnnotatedActualTypeArguments())
                            .anyMatch(element -> element.isAnnotationPresent(Nullable.class));
        }

        private static boolean isOfRecord(Annotated member) {
            return member instanceof AnnotatedParameter parameter
                    && parameter.getDeclaringClass().isRecord();
        }

        private static AnnotatedType typeOf(AnnotatedParameter parameter) {
            return parameter
                    .getDeclaringClass()
                    .getRecordComponents()[parameter.getIndex()]
                    .getAnnotatedType();
        }
    }

    /** JSON of a record that Jackson can write; one it cannot write is a bug and fails loudly. */
    public static Buffer write(Object value) {
        try {
            return Buffer.buffer(MAPPER.writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "cannot write " + value.getClass().getName() + " as JSON", e);
        }
    }

    /** Reads an object without a class in mind, numbers as exact as they were written. */
    public static ObjectNode readTree(Buffer json) {
        return read(json, ObjectNode.class);
    }

    /** Whether these bytes are one JSON value in UTF-8 and nothing else. */
    public static boolean isJson(Buffer bytes) {
        try (var parser = MAPPER.createParser(bytes.getBytes())) {
            parser.nextToken();
            parser.skipChildren();
            return parser.currentToken() != null && parser.nextToken() == null;
        } catch (IOException notJson) {
            return false;
        }
    }

    /** Reads what {@link #write} wrote; a body that is not such JSON is an {@link UnreadableMessage}. */
    public static <T> T read(Buffer json, Class<T> type) {
        try {
            var value = MAPPER.readValue(json.getBytes(), type);
            if (value == null) {
                throw new IOException("it is null");
            }
            return value;
        } catch (IOException e) {
            throw new UnreadableMessage(type, e);
        }
    }
}
