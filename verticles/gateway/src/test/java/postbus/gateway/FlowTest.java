package postbus.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pauses, replays and what was decided, over HTTP. What they do to messages is tested elsewhere. */
@ExtendWith(Shop.Extension.class)
class FlowTest {
    private static final Map<String, String> ANNA = Map.of("by", "anna", "why", "the carrier is away");
    private static final String PATH = "/ops/subscriptions/tracking/ordering/";

    private final Shop shop;
    private final Api api;

    FlowTest(Shop shop) {
        this.shop = shop;
        this.api = shop.api;
    }

    @BeforeEach
    void begin() {
        for (var service : List.of("ordering", "tracking")) {
            for (var table : List.of(
                    "delete from pause_decision",
                    "delete from replay",
                    "delete from dead_letter_decision",
                    "delete from parked_message",
                    "delete from subscription_cursor")) {
                shop.sql(service).execute(table);
            }
        }
        shop.sql("tracking")
                .execute("insert into subscription_cursor (subscription, source, lane, position)"
                        + " select 'tracking', 'ordering', n, 0 from generate_series(0, 7) n");
    }

    private List<Boolean> paused() {
        return shop.sql("tracking")
                .list("select distinct paused from subscription_cursor", row -> row.getBoolean("paused"));
    }

    @Test
    void a_subscription_is_paused_and_resumed_and_again_changes_nothing() {
        for (int time = 1; time <= 2; time++) {
            assertThat(api.post(PATH + "pause", ANNA).json())
                    .isEqualTo(JsonObject.of("subscription", "tracking", "source", "ordering", "isPaused", true));
            assertThat(paused()).containsExactly(true);
        }
        for (int time = 1; time <= 2; time++) {
            assertThat(api.post(PATH + "resume", ANNA).json().getBoolean("isPaused"))
                    .isFalse();
            assertThat(paused()).containsExactly(false);
        }
        assertThat(told(api.get("/ops/decisions"))).containsExactly("resume anna tracking", "pause anna tracking");
    }

    @Test
    void who_decided_is_what_the_token_says_whatever_the_body_does() {
        for (var body : List.of(Map.of("why", "it is night"), Map.of("by", "boss", "why", "it is night"))) {
            begin();
            var token = shop.issuer.token(claims ->
                    claims.subject("u-17").claim("preferred_username", "bert").claim("scope", "ops"));
            assertThat(api.post(PATH + "pause", body, "Authorization", "Bearer " + token)
                            .status())
                    .isEqualTo(200);
            assertThat(told(api.get("/ops/decisions"))).containsExactly("pause bert (u-17) tracking");
        }
    }

    @Test
    void who_has_no_token_must_say_who_decides() {
        var reply = api.post(PATH + "pause", Map.of("why", "x"));

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.json().getJsonArray("errors").getJsonObject(0).getString("pointer"))
                .isEqualTo("/by");
    }

    @Test
    void a_replay_says_what_it_did_and_is_told_with_who_wanted_it() {
        var reply = api.post(PATH + "replay", Map.of("by", "anna", "why", "a new table", "from", "oldest"));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.json().getJsonArray("before")).isEqualTo(new JsonArray(java.util.Collections.nCopies(8, 0)));
        assertThat(reply.json().getLong("messages")).isZero();
        var decision = api.get("/ops/decisions?service=tracking")
                .json()
                .getJsonArray("decisions")
                .getJsonObject(0);
        assertThat(decision.getMap())
                .containsEntry("what", "replay")
                .containsEntry("why", "a new table")
                .containsEntry("source", "ordering")
                .containsEntry("detail", "oldest");
    }

    @Test
    void a_replay_to_a_position_that_is_deleted_is_409() {
        shop.sql("ordering").execute("update ledger_pruned set position = 5");
        try {
            var reply = api.post(PATH + "replay", Map.of("by", "anna", "why", "x", "from", "4"));
            assertThat(reply.status()).isEqualTo(409);
            assertThat(reply.json().getString("detail")).contains("is kept from after position 5");
        } finally {
            shop.sql("ordering").execute("update ledger_pruned set position = 0");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/ops/subscriptions/tracking/warehouse/pause, 404",
        "/ops/subscriptions/warehouse/ordering/pause, 404",
        "/ops/subscriptions/Tracking/ordering/pause, 404",
        "/ops/subscriptions/shipping/ordering/pause, 503",
        "/ops/subscriptions/tracking/warehouse/resume, 404"
    })
    void what_is_not_there_or_away_says_so(String path, int status) {
        assertThat(api.post(path, ANNA).status()).isEqualTo(status);
    }

    @Test
    void a_wish_without_who_why_or_where_is_refused_and_changes_nothing() {
        assertThat(api.post(PATH + "pause", Map.of("by", "anna")).status()).isEqualTo(422);
        assertThat(api.post(PATH + "pause", Map.of("by", " ", "why", "x")).status())
                .isEqualTo(422);
        assertThat(api.post(PATH + "replay", ANNA).status()).isEqualTo(422);
        for (var from : List.of("yesterday", "-1", "2026-02-31T00:00:00Z", "position:7")) {
            assertThat(api.post(PATH + "replay", Map.of("by", "anna", "why", "x", "from", from))
                            .status())
                    .as(from)
                    .isEqualTo(422);
        }
        assertThat(paused()).containsExactly(false);
        assertThat(told(api.get("/ops/decisions"))).isEmpty();
    }

    @Test
    void decisions_of_all_services_are_told_newest_first_and_pages_follow_each_other() {
        for (int n = 0; n < 4; n++) {
            for (var service : List.of("ordering", "tracking")) {
                decided(service, service.charAt(0) + String.valueOf(n), "2026-11-24T10:00:0" + n / 2 + ".5Z");
            }
        }
        var all = List.of("o3", "o2", "t3", "t2", "o1", "o0", "t1", "t0");
        for (int limit = 1; limit <= 4; limit++) {
            var by = new ArrayList<String>();
            var query = "";
            do {
                var page = api.get("/ops/decisions?limit=" + limit + query);
                page.json().getJsonArray("decisions").forEach(each -> by.add(((JsonObject) each).getString("by")));
                var next = page.json().getString("next");
                query = next == null ? null : "&after=" + next;
            } while (query != null);
            assertThat(by).as("limit %d", limit).isEqualTo(all);
        }
    }

    @Test
    void who_did_not_answer_about_decisions_is_named() {
        assertThat(api.get("/ops/decisions").json().getJsonArray("unanswered"))
                .isEqualTo(JsonArray.of("notifications", "payment", "shipping"));
        assertThat(api.get("/ops/decisions?service=shipping").status()).isEqualTo(503);
    }

    @ParameterizedTest
    @CsvSource({
        "after=x",
        "after=tracking/x/1/1",
        "after=tracking/2026-11-24T10:00:00Z",
        "limit=101",
        "service=warehouse"
    })
    void a_wrong_parameter_is_named(String query) {
        var reply = api.get("/ops/decisions?" + query);

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.json().getJsonArray("errors").getJsonObject(0).getString("parameter"))
                .isEqualTo(query.substring(0, query.indexOf('=')));
    }

    private void decided(String service, String by, String at) {
        shop.sql(service)
                .execute(
                        "insert into pause_decision (decision, decided_at, decided_by, why, subscription, source)"
                                + " values ('pause', $1, $2, 'x', $3, 'payment')",
                        Instant.parse(at).atOffset(ZoneOffset.UTC),
                        by,
                        service);
    }

    private static List<String> told(Api.Reply page) {
        return page.json().getJsonArray("decisions").stream()
                .map(JsonObject.class::cast)
                .map(each -> each.getString("what") + " " + each.getString("by") + " " + each.getString("service"))
                .toList();
    }
}
