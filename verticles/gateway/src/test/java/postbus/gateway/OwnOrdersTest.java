package postbus.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static postbus.gateway.Api.line;
import static postbus.gateway.Api.order;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is one customer's is no other's. */
@ExtendWith(Shop.Extension.class)
class OwnOrdersTest {
    private static final String SCOPES = "orders:read orders:write";

    private final Shop shop;
    private final Api api;
    private final String anna = UUID.randomUUID().toString();
    private final String bert = UUID.randomUUID().toString();

    OwnOrdersTest(Shop shop) {
        this.shop = shop;
        this.api = shop.api;
    }

    private String as(String subject) {
        return shop.issuer.bearer(subject, SCOPES);
    }

    private String asOps() {
        return shop.issuer.bearer("operator", SCOPES + " ops");
    }

    private UUID orderOf(String customer) {
        var placed = api.post("/orders", Map.of("lines", List.of(line("espresso", 1))), "Authorization", as(customer));
        assertThat(placed.status()).isEqualTo(202);
        var orderId = UUID.fromString(placed.json().getString("orderId"));
        shop.tracked.put(orderId, shop.orders.get(orderId));
        return orderId;
    }

    @Test
    void an_order_is_of_whoever_places_it() {
        assertThat(shop.orders.get(orderOf(anna)).customerId()).isEqualTo(anna);
        assertThat(api.post("/orders", order(anna, line("espresso", 1)), "Authorization", as(anna))
                        .status())
                .isEqualTo(202);
    }

    @Test
    void nobody_orders_for_another_but_operators() {
        var wish = order(anna, line("espresso", 1));

        var refused = api.post("/orders", wish, "Authorization", as(bert));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.header("WWW-Authenticate")).endsWith("scope=\"ops\"");
        assertThat(api.post("/orders", wish, "Authorization", asOps()).status()).isEqualTo(202);
    }

    @Test
    void an_order_of_another_is_as_if_it_were_none() {
        var orderId = orderOf(anna);
        var unknown = UUID.randomUUID();

        for (var path : List.of("/orders/%s", "/orders/%s/events")) {
            var others = api.get(path.formatted(orderId), "Authorization", as(bert));
            var none = api.get(path.formatted(unknown), "Authorization", as(bert));
            assertThat(others.status()).isEqualTo(404);
            assertThat(plain(others).toString().replace(orderId.toString(), "x"))
                    .isEqualTo(plain(none).toString().replace(unknown.toString(), "x"));
        }
        assertThat(api.get("/orders/" + orderId, "Authorization", as(anna)).status())
                .isEqualTo(200);
        assertThat(api.get("/orders/" + orderId, "Authorization", asOps()).status())
                .isEqualTo(200);
    }

    private static JsonObject plain(Api.Reply reply) {
        var body = reply.json();
        body.remove("instance");
        return body;
    }

    @Test
    void an_order_of_another_cannot_be_cancelled() {
        var orderId = orderOf(anna);

        assertThat(api.call("POST", "/orders/" + orderId + "/cancel", null, "Authorization", as(bert))
                        .status())
                .isEqualTo(404);
        assertThat(shop.cancelled).doesNotContain(orderId);
        assertThat(api.call("POST", "/orders/" + orderId + "/cancel", null, "Authorization", as(anna))
                        .status())
                .isEqualTo(202);
        assertThat(shop.cancelled).contains(orderId);
    }

    @Test
    void a_list_has_ones_own_orders_only() {
        var annas = orderOf(anna).toString();
        var berts = orderOf(bert).toString();

        assertThat(ids(api.get("/orders", "Authorization", as(anna)))).containsExactly(annas);
        assertThat(ids(api.get("/orders?customerId=" + anna, "Authorization", as(anna))))
                .containsExactly(annas);
        assertThat(api.get("/orders?customerId=" + anna, "Authorization", as(bert))
                        .status())
                .isEqualTo(403);
        assertThat(ids(api.get("/orders?limit=200", "Authorization", asOps()))).contains(annas, berts);
        assertThat(ids(api.get("/orders?customerId=" + bert, "Authorization", asOps())))
                .containsExactly(berts);
    }

    private static List<String> ids(Api.Reply reply) {
        return reply.json().getJsonArray("orders").stream()
                .map(each -> ((JsonObject) each).getString("orderId"))
                .toList();
    }

    @Test
    void an_idempotency_key_of_another_is_another_key() {
        var wish = Map.of("lines", List.of(line("espresso", 1)));
        var key = UUID.randomUUID().toString();

        var first = api.post("/orders", wish, "Authorization", as(anna), "Idempotency-Key", key);
        var again = api.post("/orders", wish, "Authorization", as(anna), "Idempotency-Key", key);
        var others = api.post("/orders", wish, "Authorization", as(bert), "Idempotency-Key", key);

        assertThat(again.json()).isEqualTo(first.json());
        assertThat(others.status()).isEqualTo(202);
        assertThat(others.json()).isNotEqualTo(first.json());
    }

    @Test
    void without_a_token_the_development_profile_takes_anyone_for_the_demo_user() {
        var placed = api.post("/orders", Map.of("lines", List.of(line("espresso", 1))));
        var orderId = UUID.fromString(placed.json().getString("orderId"));

        assertThat(shop.orders.get(orderId).customerId()).isEqualTo("demo");
        assertThat(api.get("/orders/" + orderOf(anna)).status()).isEqualTo(200);
        assertThat(api.get("/ops/nodes").status()).isEqualTo(200);
    }

    @Test
    void a_token_that_is_sent_is_checked_in_the_development_profile_too() {
        assertThat(api.get("/products", "Authorization", "Bearer nonsense").status())
                .isEqualTo(401);
        assertThat(api.get("/ops/nodes", "Authorization", as(anna)).status()).isEqualTo(403);
    }
}
