package postbus.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageJsonTest {
    record Line(String sku, int quantity) {}

    record Letter(
            UUID id, Instant at, List<Line> lines, @Nullable String note) {}

    @Test
    void a_record_is_read_as_it_was_written() {
        var letter = new Letter(
                UUID.randomUUID(), Instant.parse("2026-01-02T03:04:05.678901Z"), List.of(new Line("a", 1)), null);
        assertThat(MessageJson.read(MessageJson.write(letter), Letter.class)).isEqualTo(letter);
    }

    @Test
    void instants_are_text() {
        var json = MessageJson.write(new Letter(new UUID(0, 0), Instant.EPOCH, List.of(), "n"));
        assertThat(json).hasToString("""
                {"id":"00000000-0000-0000-0000-000000000000","at":"1970-01-01T00:00:00Z","lines":[],"note":"n"}""");
    }

    @Test
    void unknown_fields_are_ignored() {
        assertThat(MessageJson.read(Buffer.buffer("""
                {"sku":"a","quantity":2,"colour":"blue"}"""), Line.class)).isEqualTo(new Line("a", 2));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"quantity\":1}",
                "null",
                "{\"sku\":null,\"quantity\":1}",
                "{\"sku\":\"a\"}",
                "{\"sku\":\"a\",\"quantity\":null}",
                "{\"sku\":\"a\",\"quantity\":\"many\"}",
                "{",
                "",
                "[]"
            })
    void what_is_missing_null_or_no_such_json_is_unreadable(String json) {
        assertThatThrownBy(() -> MessageJson.read(Buffer.buffer(json), Line.class))
                .isInstanceOf(UnreadableMessage.class)
                .hasMessageContaining("not a postbus.messaging.MessageJsonTest$Line");
    }

    @Test
    void what_may_be_null_may_be_missing() {
        var json = Buffer.buffer("""
                {"id":"00000000-0000-0000-0000-000000000000","at":"1970-01-01T00:00:00Z","lines":[]}""");
        assertThat(MessageJson.read(json, Letter.class).note()).isNull();
    }

    record Parcel(
            List<Line> lines,
            Map<String, List<String>> notes,
            List<@Nullable String> labels,
            @Nullable Set<String> marks) {}

    @Test
    void elements_may_be_null_where_their_type_says_so() {
        var json = Buffer.buffer("""
                {"lines":[],"notes":{},"labels":["a",null]}""");
        assertThat(MessageJson.read(json, Parcel.class))
                .isEqualTo(new Parcel(List.of(), Map.of(), Arrays.asList("a", null), null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"lines\":[null],\"notes\":{},\"labels\":[]}",
                "{\"lines\":[],\"notes\":{\"a\":null},\"labels\":[]}",
                "{\"lines\":[],\"notes\":{\"a\":[null]},\"labels\":[]}",
                "{\"lines\":[],\"notes\":{},\"labels\":[],\"marks\":[null]}"
            })
    void null_among_others_is_unreadable(String json) {
        assertThatThrownBy(() -> MessageJson.read(Buffer.buffer(json), Parcel.class))
                .isInstanceOf(UnreadableMessage.class);
    }
}
