package postbus.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Four of the seven services are there; what made their dead letters is tested elsewhere, here their rows do. */
@ExtendWith(Shop.Extension.class)
class DeadLettersTest {
    private static final List<String> AWAY = List.of("notifications", "payment", "shipping");
    private static final Map<String, String> WHO = Map.of("by", "anna", "why", "mended");

    private static final String DIE = """
            insert into parked_message
                   (subscription, source, position, lane, message_id, type, key, time, correlation_id, data, state,
                    holds_key, reason, attempts, next_attempt_at, error, stack, parked_at, failing_since, failed_at)
            values ($1, 'payment', $2, 0, $3, 'payment.payment-refunded.v1', $4, now(), gen_random_uuid(), $5, 'dead',
                    true, $6, 10, now(), 'no', 'a stack', now(), now(), now())
            """;

    private final Shop shop;
    private final Api api;

    DeadLettersTest(Shop shop) {
        this.shop = shop;
        this.api = shop.api;
    }

    @BeforeEach
    void forget() {
        for (var service : List.of("ordering", "tracking")) {
            shop.sql(service).execute("delete from parked_message");
            shop.sql(service).execute("delete from dead_letter_decision");
        }
    }

    private UUID die(String service, long position, String key, String reason) {
        var id = UUID.randomUUID();
        var body = io.vertx.core.buffer.Buffer.buffer("{\"n\":" + position + "}");
        shop.sql(service).execute(DIE, service, position, id, key, body, reason);
        return id;
    }

    private static List<String> keys(Api.Reply page) {
        return page.json().getJsonArray("deadLetters").stream()
                .map(each -> ((JsonObject) each).getString("service") + " " + ((JsonObject) each).getString("key"))
                .toList();
    }

    @Test
    void those_of_all_services_are_listed_and_who_did_not_answer_is_named() {
        die("tracking", 1, "c", "failed");
        var id = die("ordering", 2, "b", "rejected");
        die("ordering", 1, "a", "failed");
        var reply = api.get("/ops/dead-letters");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(keys(reply)).containsExactly("ordering a", "ordering b", "tracking c");
        assertThat(reply.json().getJsonArray("unanswered")).isEqualTo(new JsonArray(AWAY));
        assertThat(reply.json().getJsonArray("deadLetters").getJsonObject(1).getMap())
                .containsEntry("messageId", id.toString())
                .containsEntry("reason", "rejected")
                .containsEntry("attempts", 10)
                .containsEntry("error", "no")
                .doesNotContainKeys("body", "stack");
    }

    @Test
    void pages_go_on_across_services() {
        for (int n = 1; n <= 3; n++) {
            die("ordering", n, "o" + n, "failed");
            die("tracking", n, "t" + n, "failed");
        }
        var keys = new ArrayList<String>();
        var query = "";
        do {
            var page = api.get("/ops/dead-letters?limit=2" + query);
            assertThat(keys(page)).hasSizeLessThanOrEqualTo(2);
            keys.addAll(keys(page));
            var next = page.json().getString("next");
            query = next == null ? null : "&after=" + next;
        } while (query != null);
        assertThat(keys)
                .containsExactly(
                        "ordering o1", "ordering o2", "ordering o3", "tracking t1", "tracking t2", "tracking t3");
    }

    @ParameterizedTest
    @CsvSource({
        "service=tracking, tracking c",
        "key=a, ordering a",
        "reason=rejected, ordering b",
        "source=payment&type=payment.payment-refunded.v1&key=c, tracking c",
        "since=2020-01-01T00:00:00Z&service=tracking, tracking c"
    })
    void filters_narrow_the_list(String filter, String expected) {
        die("ordering", 1, "a", "failed");
        die("ordering", 2, "b", "rejected");
        die("tracking", 1, "c", "failed");

        assertThat(keys(api.get("/ops/dead-letters?" + filter))).containsExactly(expected);
    }

    @Test
    void parked_ones_are_listed_and_shown_when_asked_for() {
        die("ordering", 1, "a", "failed");
        var parked = die("ordering", 2, "b", "failed");
        shop.sql("ordering").execute("update parked_message set state = 'parked' where key = 'b'");

        assertThat(keys(api.get("/ops/dead-letters"))).containsExactly("ordering a");
        assertThat(keys(api.get("/ops/dead-letters?state=parked"))).containsExactly("ordering b");
        assertThat(keys(api.get("/ops/dead-letters?state=any"))).containsExactly("ordering a", "ordering b");
        var shown = api.get("/ops/dead-letters/ordering/" + parked);
        assertThat(shown.status()).isEqualTo(200);
        assertThat(shown.json().getMap())
                .containsEntry("state", "parked")
                .containsKey("nextAttemptAt")
                .doesNotContainKey("diedAt");
    }

    @Test
    void they_are_counted_by_kind_in_every_service_that_answers() {
        die("ordering", 1, "a", "failed");
        die("ordering", 2, "b", "rejected");
        die("ordering", 3, "c", "rejected");
        die("tracking", 1, "d", "failed");
        shop.sql("tracking").execute("update parked_message set state = 'parked'");
        var groups = api.get("/ops/dead-letters/groups?state=any").json();

        assertThat(groups.getJsonArray("groups").stream().map(each -> {
                    var group = (JsonObject) each;
                    return group.getString("service") + " " + group.getString("state") + " " + group.getString("reason")
                            + " " + group.getInteger("count") + " " + group.getString("error");
                }))
                .containsExactly(
                        "ordering dead rejected 2 no", "ordering dead failed 1 no", "tracking parked failed 1 no");
        assertThat(groups.getJsonArray("unanswered")).isEqualTo(new JsonArray(AWAY));
        assertThat(api.get("/ops/dead-letters/groups").json().getJsonArray("groups"))
                .hasSize(2);
        assertThat(api.get("/ops/dead-letters/groups?state=gone").status()).isEqualTo(422);
    }

    @Test
    void one_is_shown_with_its_body_and_stack() {
        var id = die("ordering", 7, "a", "failed");
        var reply = api.get("/ops/dead-letters/ordering/" + id);

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.json().getMap())
                .containsEntry("service", "ordering")
                .containsEntry("messageId", id.toString())
                .containsEntry("body", "{\"n\":7}")
                .containsEntry("stack", "a stack");
    }

    @Test
    void one_is_retried_or_discarded_and_only_once() {
        var retried = die("ordering", 1, "a", "failed");
        var discarded = die("ordering", 2, "b", "failed");

        assertThat(decide("ordering", retried, "retry").json()).isEqualTo(JsonObject.of("count", 1, "hasMore", false));
        assertThat(decide("ordering", discarded, "discard").status()).isEqualTo(200);
        assertThat(shop.sql("ordering")
                        .list("select key || ' ' || state as s from parked_message", row -> row.getString("s")))
                .containsExactly("a parked");
        assertThat(shop.sql("ordering")
                        .list(
                                "select decision || ' ' || decided_by || ' ' || why as d from dead_letter_decision order by id",
                                row -> row.getString("d")))
                .containsExactly("retry anna mended", "discard anna mended");
        var again = decide("ordering", discarded, "retry");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.json().getString("detail")).contains("anna discarded it");
        assertThat(api.get("/ops/dead-letters/ordering/" + discarded).status()).isEqualTo(409);
    }

    private Api.Reply decide(String service, UUID id, String verb) {
        return api.post("/ops/dead-letters/" + service + "/" + id + "/" + verb, WHO);
    }

    @Test
    void what_is_no_dead_letter_is_404_and_a_service_that_is_away_503() {
        var id = UUID.randomUUID();

        assertThat(decide("ordering", id, "retry").status()).isEqualTo(404);
        assertThat(decide("warehouse", id, "retry").status()).isEqualTo(404);
        assertThat(decide("shipping", id, "discard").status()).isEqualTo(503);
        assertThat(api.get("/ops/dead-letters/ordering/" + id).status()).isEqualTo(404);
        assertThat(api.get("/ops/dead-letters/ordering/7").status()).isEqualTo(404);
        assertThat(api.get("/ops/dead-letters?service=shipping").status()).isEqualTo(503);
    }

    @Test
    void all_that_match_are_decided_about_in_every_service_that_answers() {
        die("ordering", 1, "a", "failed");
        die("ordering", 2, "b", "rejected");
        die("tracking", 1, "c", "failed");
        var reply = api.post("/ops/dead-letters/discard", Map.of("by", "anna", "why", "a test", "reason", "failed"));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.json().getInteger("count")).isEqualTo(2);
        assertThat(reply.json().getBoolean("hasMore")).isFalse();
        assertThat(reply.json().getJsonArray("unanswered")).isEqualTo(new JsonArray(AWAY));
        assertThat(keys(api.get("/ops/dead-letters"))).containsExactly("ordering b");
        var retried = api.post("/ops/dead-letters/retry", Map.of("by", "anna", "why", "mended", "service", "ordering"));
        assertThat(retried.json().getInteger("count")).isEqualTo(1);
        assertThat(retried.json().getJsonArray("unanswered")).isEmpty();
        assertThat(keys(api.get("/ops/dead-letters"))).isEmpty();
    }

    @Test
    void a_decision_without_who_why_or_which_is_refused_and_changes_nothing() {
        var id = die("ordering", 1, "a", "failed");
        var path = "/ops/dead-letters/ordering/" + id + "/discard";

        assertThat(api.post(path, Map.of("by", "anna")).status()).isEqualTo(422);
        assertThat(api.post(path, Map.of("by", " ", "why", "x")).status()).isEqualTo(422);
        assertThat(api.call("POST", path, "{").status()).isEqualTo(400);
        assertThat(api.post("/ops/dead-letters/discard", WHO).status()).isEqualTo(422);
        assertThat(api.post("/ops/dead-letters/discard", Map.of("by", "a", "why", "b", "service", "warehouse"))
                        .status())
                .isEqualTo(422);
        assertThat(keys(api.get("/ops/dead-letters"))).containsExactly("ordering a");
    }

    @ParameterizedTest
    @CsvSource({
        "reason=broken",
        "since=yesterday",
        "since=2026-02-31T00:00:00Z",
        "limit=0",
        "after=x",
        "after=ordering/x",
        "service=warehouse"
    })
    void a_wrong_parameter_is_named(String query) {
        var reply = api.get("/ops/dead-letters?" + query);

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.json().getJsonArray("errors").getJsonObject(0).getString("parameter"))
                .isEqualTo(query.substring(0, query.indexOf('=')));
    }
}
