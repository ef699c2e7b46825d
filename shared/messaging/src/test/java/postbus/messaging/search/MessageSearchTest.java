package postbus.messaging.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import postbus.messaging.Envelope;
import postbus.messaging.Source;
import postbus.messaging.ledger.Ledger;
import postbus.messaging.outbox.Outbox;
import postbus.messaging.relay.Relay;
import postbus.postgres.ScratchDatabase;

class MessageSearchTest {
    private static final Instant NOON = Instant.parse("2026-01-02T12:00:00Z");
    private static final String NOTED = "desk.noted.v1";

    private static Vertx vertx;
    private static Source desk;
    private static PgConnection session;
    private final MessageSearch search = new MessageSearch("desk", desk.sql());
    private Ledger ledger;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        desk = new Source(vertx, ScratchDatabase.create(), "desk");
        session =
                PgConnection.connect(vertx, Relay.readerOptions(desk.options())).await();
    }

    @AfterAll
    static void stop() {
        vertx.close().await();
    }

    @BeforeEach
    void empty() {
        desk.empty();
        ledger = new Ledger("desk", 1_000_000);
    }

    @Test
    void page_by_page_every_message_is_found_once_the_newest_first() {
        var written = new ArrayList<UUID>();
        for (int i = 0; i < 30; i++) {
            written.add(0, append("k" + i, NOON.plusSeconds(i)).id());
            if (i == 24) {
                cut(); // the last five are not cut
            }
        }
        var found = new ArrayList<UUID>();
        Long next = null;
        do {
            var page = search.find(MessageFilter.ALL, 7, next);
            found.addAll(ids(page.messages()));
            next = page.next();
        } while (next != null);

        assertThat(found).isEqualTo(written);
    }

    @Test
    void a_message_that_is_not_cut_yet_has_no_position() {
        append("cut", NOON);
        cut();
        append("uncut", NOON);

        assertThat(search.find(MessageFilter.ALL, 10, null).messages())
                .extracting(MessageSummary::key, MessageSummary::position)
                .containsExactly(tuple("uncut", null), tuple("cut", 1L));
    }

    @Test
    void everything_known_of_a_message_narrows_the_search() {
        var wanted = append("a", NOON);
        append("a", NOON.plusSeconds(60));
        append("b", NOON.plusSeconds(120));
        var command = append(v7(NOON.plusSeconds(180)), "c", "desk.note.v1", NOON.plusSeconds(180), "clerk");
        cut();

        assertThat(found(MessageFilter.ofId(wanted.id()))).containsExactly(wanted.id());
        assertThat(found(MessageFilter.ofKey("a"))).hasSize(2).contains(wanted.id());
        assertThat(found(MessageFilter.ofCorrelation(wanted.correlationId()))).containsExactly(wanted.id());
        assertThat(found(new MessageFilter(null, null, null, "desk.note.v1", null, null)))
                .containsExactly(command.id());
        assertThat(found(new MessageFilter(null, null, null, null, NOON.plusSeconds(1), NOON.plusSeconds(120))))
                .hasSize(2)
                .doesNotContain(wanted.id(), command.id());
        assertThat(found(new MessageFilter(null, "b", null, null, NOON.plusSeconds(121), null)))
                .isEmpty();
    }

    @Test
    void an_id_made_by_chance_is_found_too() {
        var wanted = append(UUID.randomUUID(), "a", NOTED, NOON, null);
        append("b", NOON.plusSeconds(1));
        cut();

        assertThat(search.get(wanted.id())).hasValueSatisfying(message -> {
            assertThat(message.summary().messageId()).isEqualTo(wanted.id());
            assertThat(message.data()).isEqualTo("{\"about\":\"a\"}");
            assertThat(message.traceparent()).isEqualTo("00-trace-01");
        });
        assertThat(search.get(UUID.randomUUID())).isEmpty();
    }

    @Test
    void whatever_was_written_around_the_time_of_an_id_is_looked_at_wherever_positions_have_jumped() {
        var ids = new ArrayList<UUID>();
        for (int minute = 0; minute < 20; minute++) {
            ids.add(append("k" + minute, NOON.plusSeconds(60L * minute)).id());
            cut();
            if (minute == 9) {
                desk.ddl("update ledger_head set position = 1000000000000"); // as after a restore
                ledger = new Ledger("desk", 1_000_000);
            }
        }

        assertThat(ids).allSatisfy(id -> assertThat(search.get(id)).isPresent());
    }

    @Test
    void a_search_that_finds_little_stops_after_so_many_entries_and_can_go_on() {
        var rare = append("rare", "desk.rare.v1", NOON);
        desk.ddl("""
                insert into outbox (message_id, type, key, time, correlation_id, data)
                select gen_random_uuid(), 'desk.noted.v1', 'k' || n, '2026-01-02T12:00:01Z', gen_random_uuid(), '{}'
                  from generate_series(1, 250000) as n
                """);
        cut();
        desk.ddl("analyze");
        var filter = new MessageFilter(null, null, null, rare.type(), null, null);

        var first = search.find(filter, 10, null);

        assertThat(first.messages()).isEmpty();
        assertThat(first.next()).isNotNull();
        assertThat(search.find(filter, 10, first.next()).messages())
                .extracting(MessageSummary::messageId)
                .containsExactly(rare.id());
    }

    @Test
    void all_that_a_request_set_off_is_found_in_order() {
        var request = v7(NOON);
        append("before", NOON.minus(Duration.ofHours(1)));
        var first = append("a", NOON, request);
        append("other", NOON.plusSeconds(1));
        var second = append("b", NOON.plusSeconds(90), request);
        cut();
        var third = append("c", NOON.plusSeconds(100), request);

        var related = search.correlated(request, NOON, 10);

        assertThat(ids(related.messages())).containsExactly(first.id(), second.id(), third.id());
        assertThat(related.isComplete()).isTrue();
        assertThat(search.correlated(request, NOON, 2).isComplete()).isFalse();
    }

    @Test
    void the_history_of_a_key_is_its_events_and_goes_on_where_it_ended() {
        append("other", NOON);
        var first = append("order", NOON.plusSeconds(1));
        append(v7(NOON), "order", "desk.note.v1", NOON.plusSeconds(2), "clerk"); // a command
        cut();
        var history = search.history("order", 0, NOON);

        assertThat(history.events())
                .extracting(event -> event.summary().messageId())
                .containsExactly(first.id());
        assertThat(history.upto()).isEqualTo(3);
        assertThat(history.isAtHead()).isTrue();

        var second = append("order", NOON.plusSeconds(3));
        cut();
        assertThat(search.history("order", history.upto(), NOON).events())
                .extracting(event -> event.summary().messageId())
                .containsExactly(second.id());
    }

    // Sample messages

    private void cut() {
        ledger.cut(session).await();
    }

    private List<UUID> found(MessageFilter filter) {
        return ids(search.find(filter, 10, null).messages());
    }

    private static List<UUID> ids(List<MessageSummary> messages) {
        return messages.stream().map(MessageSummary::messageId).toList();
    }

    private static Envelope append(String key, Instant time) {
        return append(v7(time), key, NOTED, time, null);
    }

    private static Envelope append(String key, Instant time, UUID correlationId) {
        return append(v7(time), key, NOTED, time, null, correlationId);
    }

    private static Envelope append(String key, String type, Instant time) {
        return append(v7(time), key, type, time, null);
    }

    private static Envelope append(UUID id, String key, String type, Instant time, @Nullable String recipient) {
        return append(id, key, type, time, recipient, v7(time));
    }

    private static Envelope append(
            UUID id, String key, String type, Instant time, @Nullable String recipient, UUID correlationId) {
        var body = Buffer.buffer("{\"about\":\"" + key + "\"}");
        var message = new Envelope(id, "desk", type, key, time, recipient, correlationId, null, "00-trace-01", body);
        new Outbox(Source.MESSAGE_BYTES_MAX).append(session, List.of(message)).await();
        return message;
    }

    /** As Postbus makes them, but at another time. */
    private static UUID v7(Instant time) {
        var random = UUID.randomUUID();
        long most = (time.toEpochMilli() << 16) | 0x7000 | (random.getMostSignificantBits() & 0xfff);
        return new UUID(most, random.getLeastSignificantBits());
    }
}
