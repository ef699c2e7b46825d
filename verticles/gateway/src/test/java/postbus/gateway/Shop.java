package postbus.gateway;

import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import postbus.contracts.Money;
import postbus.contracts.catalog.DefineProduct;
import postbus.contracts.catalog.ListProducts;
import postbus.contracts.catalog.Product;
import postbus.contracts.catalog.ProductList;
import postbus.contracts.inventory.GetStock;
import postbus.contracts.inventory.ReceiveStock;
import postbus.contracts.inventory.StockLevel;
import postbus.contracts.ordering.CancelOrder;
import postbus.contracts.ordering.GetOrder;
import postbus.contracts.ordering.HistoryEntry;
import postbus.contracts.ordering.OrderAccepted;
import postbus.contracts.ordering.OrderView;
import postbus.contracts.ordering.PlaceOrder;
import postbus.contracts.ordering.PricedLine;
import postbus.contracts.tracking.ListOrders;
import postbus.contracts.tracking.OrderList;
import postbus.contracts.tracking.TrackOrder;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.service.ServiceContext;
import postbus.messaging.service.ServiceVerticle;
import postbus.messaging.service.Subscriptions;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.Ids;
import postbus.messaging.transaction.Sql;
import postbus.node.NodeService;
import postbus.testkit.TestNode;

/**
 * The gateway before services of a few lines that speak the real contracts and keep what they know in memory; what the
 * library does for them, idempotency above all, is real. One for all test classes: start with {@link Extension}.
 */
final class Shop implements AutoCloseable {
    static final Money PRICE = new Money(1290, "EUR");

    /** Orders of this customer are shipped as soon as they are placed. */
    static final String HASTY = "hasty";

    /** What the services know. */
    final Map<String, Product> products = new ConcurrentSkipListMap<>();

    final Map<String, Integer> stock = new ConcurrentHashMap<>();
    final Map<UUID, OrderView> orders = new ConcurrentHashMap<>();
    final Map<UUID, OrderView> tracked = new ConcurrentHashMap<>();
    final Set<UUID> cancelled = ConcurrentHashMap.newKeySet();
    /** What a service was told along with the last request about a sku. */
    final Map<String, Cause> causes = new ConcurrentHashMap<>();

    /** Whose tokens the gateway accepts; without one, who asks is the demo user. */
    final Issuer issuer = new Issuer();

    final Api api;
    Router ops;
    private final TestNode node;

    Shop() {
        products.put("espresso", new Product("espresso", "Espresso beans", PRICE));
        products.put("grinder", new Product("grinder", "Grinder", new Money(9900, "EUR")));
        stock.put("espresso", 0);
        node = TestNode.start(
                issuer.settings(Map.of("HTTP_PORT", "0")),
                NodeService.of("catalog", node -> new Catalog(node.service())),
                NodeService.of("inventory", node -> new Inventory(node.service())),
                NodeService.of("ordering", node -> new Ordering(node.service())),
                NodeService.of("tracking", node -> new Tracking(node.service())),
                NodeService.withoutSchema("gateway", node -> {
                            ops = node.opsRoutes();
                            return GatewayMain.SERVICE.verticle().apply(node);
                        })
                        .servingHttp());
        api = new Api(node.httpPort());
    }

    /** Statements on a service's schema. */
    Sql sql(String service) {
        return node.sql(service);
    }

    static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        node.close();
        issuer.close();
    }

    /** Gives every test class the one shop, as a parameter of its constructor or methods. */
    static final class Extension implements BeforeAllCallback, ParameterResolver {
        @Override
        public void beforeAll(ExtensionContext context) {
            shop(context);
        }

        private static Shop shop(ExtensionContext context) {
            return context.getRoot()
                    .getStore(ExtensionContext.Namespace.create(Shop.class))
                    .getOrComputeIfAbsent(Shop.class, any -> new Shop(), Shop.class);
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Shop.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return shop(context);
        }
    }

    final class Catalog extends ServiceVerticle {
        Catalog(ServiceContext service) {
            super(service);
        }

        @Override
        protected void wire(Subscriptions on) {
            on.request(DefineProduct.class, (wish, tx) -> {
                causes.put(wish.sku(), tx.cause());
                if (wish.sku().equals("breaks")) {
                    throw new IllegalStateException("a secret of " + Catalog.class.getName());
                }
                if (wish.price().currency().equals("XXX")) {
                    throw new Refusal(Problem.INVALID, "no such currency", "/price/currency");
                }
                var product = new Product(wish.sku(), wish.name(), wish.price());
                products.put(wish.sku(), product);
                return product;
            });
            on.query(ListProducts.class, (query, sql) -> {
                var rest = products.values().stream()
                        .filter(product ->
                                query.after() == null || product.sku().compareTo(query.after()) > 0)
                        .toList();
                var page = rest.subList(0, Math.min(query.limit(), rest.size()));
                return new ProductList(
                        page,
                        page.size() < rest.size() ? page.get(page.size() - 1).sku() : null);
            });
        }
    }

    final class Inventory extends ServiceVerticle {
        Inventory(ServiceContext service) {
            super(service);
        }

        @Override
        protected void wire(Subscriptions on) {
            on.request(ReceiveStock.class, (wish, tx) -> {
                level(wish.sku());
                stock.merge(wish.sku(), wish.quantity(), Integer::sum);
                return level(wish.sku());
            });
            on.query(GetStock.class, (query, sql) -> level(query.sku()));
        }

        private StockLevel level(String sku) {
            var onHand = stock.get(sku);
            if (onHand == null) {
                throw new Refusal(Problem.NOT_FOUND, "no product '" + sku + "'", "/sku");
            }
            return new StockLevel(sku, onHand, 0, onHand);
        }
    }

    final class Ordering extends ServiceVerticle {
        Ordering(ServiceContext service) {
            super(service);
        }

        @Override
        protected void wire(Subscriptions on) {
            on.request(PlaceOrder.class, (wish, tx) -> {
                for (int i = 0; i < wish.lines().size(); i++) {
                    var sku = wish.lines().get(i).sku();
                    if (!products.containsKey(sku)) {
                        throw new Refusal(Problem.INVALID, "no product '" + sku + "'", "/lines/" + i + "/sku");
                    }
                }
                var order = placed(wish);
                orders.put(order.orderId(), order);
                return new OrderAccepted(order.orderId(), "placed");
            });
            on.request(CancelOrder.class, (wish, tx) -> {
                var order = find(wish.orderId());
                if (order.status().equals("shipped")) {
                    throw new Refusal(Problem.CONFLICT, "order " + wish.orderId() + " is shipped");
                }
                cancelled.add(wish.orderId());
                return new OrderAccepted(wish.orderId(), "cancelled");
            });
            on.query(GetOrder.class, (query, sql) -> find(query.orderId()));
        }

        private OrderView find(UUID orderId) {
            var order = orders.get(orderId);
            if (order == null) {
                throw new Refusal(Problem.NOT_FOUND, "no order " + orderId, "/orderId");
            }
            return order;
        }

        private OrderView placed(PlaceOrder wish) {
            return new OrderView(
                    Ids.next(),
                    wish.customerId(),
                    wish.customerId().equals(HASTY) ? "shipped" : "placed",
                    null,
                    PRICE,
                    wish.lines().stream()
                            .map(line -> new PricedLine(line.sku(), line.quantity(), PRICE))
                            .toList(),
                    List.of(new HistoryEntry("ordering.order-placed.v1", Instant.now())));
        }
    }

    final class Tracking extends ServiceVerticle {
        Tracking(ServiceContext service) {
            super(service);
        }

        @Override
        protected void wire(Subscriptions on) {
            on.query(TrackOrder.class, (query, sql) -> {
                var order = tracked.get(query.orderId());
                if (order == null) {
                    throw new Refusal(Problem.NOT_FOUND, "no order " + query.orderId());
                }
                return order;
            });
            on.query(ListOrders.class, (query, sql) -> {
                var found = tracked.values().stream()
                        .filter(order ->
                                query.customerId() == null || query.customerId().equals(order.customerId()))
                        .sorted((a, b) ->
                                b.orderId().toString().compareTo(a.orderId().toString()))
                        .filter(order -> query.after() == null
                                || order.orderId()
                                                .toString()
                                                .compareTo(query.after().toString())
                                        < 0)
                        .toList();
                var page = found.subList(0, Math.min(query.limit(), found.size()));
                return new OrderList(
                        page,
                        page.size() < found.size() ? page.get(page.size() - 1).orderId() : null);
            });
        }
    }
}
