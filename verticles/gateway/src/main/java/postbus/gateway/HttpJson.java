package postbus.gateway;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import postbus.messaging.Problem;

/**
 * JSON as it comes in, and as it goes out. In: one object in UTF-8 and nothing else, no field twice, so that nobody can
 * read the same bytes in two ways. Out: fields that are null are left out, instants are ISO 8601 text.
 */
final class HttpJson {
    private static final int DEPTH_MAX = 50;
    private static final int NAME_CHARACTERS_MAX = 256;
    private static final int NUMBER_CHARACTERS_MAX = 100;

    private static final JsonMapper READER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEPTH_MAX)
                            .maxNameLength(NAME_CHARACTERS_MAX)
                            .maxNumberLength(NUMBER_CHARACTERS_MAX)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final JsonMapper WRITER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            .build();

    private HttpJson() {}

    /** The object in a body; anything else is a {@link WrongRequest} that says where it goes wrong. */
    static JsonObject readObject(Buffer body) {
        if (body.length() == 0) {
            throw new WrongRequest(Problem.MALFORMED, "the body is empty, expected is a JSON object");
        }
        try {
            Map<String, Object> fields = READER.readValue(decode(body), new TypeReference<>() {});
            if (fields == null) {
                throw noObject();
            }
            return new JsonObject(fields);
        } catch (CharacterCodingException e) {
            throw new WrongRequest(Problem.MALFORMED, "the body is not UTF-8");
        } catch (JsonProcessingException e) {
            throw malformed(e);
        }
    }

    static Buffer write(Object value) {
        try {
            return Buffer.buffer(WRITER.writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            return writeByText(value);
        }
    }

    /** There a half surrogate that a client sent becomes '?', which as bytes is a failure. */
    private static Buffer writeByText(Object value) {
        try {
            return Buffer.buffer(WRITER.writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "cannot write " + value.getClass().getName() + " as JSON", e);
        }
    }

    /** Left to Jackson, bytes that are not UTF-8 would be guessed to be UTF-16 or UTF-32. */
    private static String decode(Buffer body) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(body.getBytes()))
                .toString();
    }

    private static WrongRequest malformed(JsonProcessingException failure) {
        if (failure instanceof StreamConstraintsException) {
            return new WrongRequest(
                    Problem.MALFORMED,
                    "the body is nested deeper than " + DEPTH_MAX + " levels, or has a name longer than "
                            + NAME_CHARACTERS_MAX + " or a number longer than " + NUMBER_CHARACTERS_MAX
                            + " characters");
        }
        if (failure instanceof JsonEOFException) {
            return new WrongRequest(Problem.MALFORMED, "the body ends in the middle of its JSON");
        }
        if (failure instanceof MismatchedInputException mismatch) {
            return mismatch.getOriginalMessage().startsWith("Trailing token")
                    ? new WrongRequest(Problem.MALFORMED, "the body goes on after its JSON object")
                    : noObject();
        }
        var isDuplicate = failure instanceof JsonParseException
                && failure.getOriginalMessage().startsWith("Duplicate field");
        return new WrongRequest(
                Problem.MALFORMED,
                (isDuplicate ? "a field of the body comes twice" : "the body is not JSON") + place(failure));
    }

    private static String place(JsonProcessingException failure) {
        var location = failure.getLocation();
        return location == null ? "" : ", line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    private static WrongRequest noObject() {
        return new WrongRequest(Problem.MALFORMED, "the body is JSON, but not an object");
    }
}
