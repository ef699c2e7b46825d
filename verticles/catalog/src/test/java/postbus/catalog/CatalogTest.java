package postbus.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import postbus.contracts.Money;
import postbus.contracts.catalog.DefineProduct;
import postbus.contracts.catalog.ListProducts;
import postbus.contracts.catalog.Product;
import postbus.contracts.catalog.ProductDefined;
import postbus.contracts.catalog.ProductList;
import postbus.contracts.catalog.ProductPriceChanged;
import postbus.contracts.catalog.ProductRenamed;
import postbus.messaging.Event;
import postbus.messaging.MessageJson;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.transaction.Cause;
import postbus.testkit.TestNode;

class CatalogTest {
    private static final TestNode node = TestNode.start(CatalogMain.SERVICE);
    private static final Money PRICE = new Money(1_250, "EUR");

    @AfterAll
    static void close() {
        node.close();
    }

    @Test
    void a_defined_product_is_answered_and_told() {
        assertThat(define("mocha", "Mocha beans", PRICE)).isEqualTo(new Product("mocha", "Mocha beans", PRICE));
        assertThat(events("mocha")).containsExactly(new ProductDefined("mocha", "Mocha beans", PRICE));
    }

    @Test
    void a_changed_product_is_answered_as_it_is_now() {
        define("java", "Java beans", PRICE);
        define("java", "Old Java beans", PRICE);
        assertThat(define("java", "Old Java beans", new Money(1_400, "EUR")))
                .isEqualTo(listed("java"))
                .isEqualTo(new Product("java", "Old Java beans", new Money(1_400, "EUR")));
    }

    @Test
    void changes_are_told_in_the_order_they_were_made() {
        define("kenya", "Kenya beans", PRICE);
        define("kenya", "Kenya AA beans", PRICE);
        define("kenya", "Kenya AA beans", new Money(1_400, "EUR"));
        define("kenya", "Kenya beans", PRICE);
        assertThat(events("kenya"))
                .containsExactly(
                        new ProductDefined("kenya", "Kenya beans", PRICE),
                        new ProductRenamed("kenya", "Kenya AA beans"),
                        new ProductPriceChanged("kenya", new Money(1_400, "EUR")),
                        new ProductRenamed("kenya", "Kenya beans"),
                        new ProductPriceChanged("kenya", PRICE));
    }

    @Test
    void the_same_definition_again_says_nothing() {
        define("lungo", "Lungo beans", PRICE);
        assertThat(define("lungo", "Lungo beans", PRICE)).isEqualTo(new Product("lungo", "Lungo beans", PRICE));
        assertThat(events("lungo")).hasSize(1);
    }

    @Test
    void a_definition_repeated_under_its_key_does_not_undo_a_later_one() {
        var first = new DefineProduct("decaf", "Decaf beans", PRICE);
        node.ask(first, Product.class, "decaf-1");
        node.ask(new DefineProduct("decaf", "Swiss decaf beans", PRICE), Product.class, "decaf-2");
        node.ask(first, Product.class, "decaf-1");
        assertThat(listed("decaf").name()).isEqualTo("Swiss decaf beans");
    }

    @Test
    void a_product_keeps_its_currency() {
        define("ristretto", "Ristretto beans", PRICE);
        var refusal = refusal(() -> define("ristretto", "Other beans", new Money(1_250, "USD")));
        assertThat(refusal.problem()).isEqualTo(Problem.INVALID);
        assertThat(refusal.field()).isEqualTo("/price/currency");
        assertThat(listed("ristretto")).isEqualTo(new Product("ristretto", "Ristretto beans", PRICE));
    }

    @Test
    void a_refused_definition_leaves_no_product() {
        var refusal = refusal(() -> define("nameless", " ", PRICE));
        assertThat(refusal.problem()).isEqualTo(Problem.INVALID);
        assertThat(refusal.field()).isEqualTo("/name");
        assertThat(listed("nameless")).isNull();
        assertThat(events("nameless")).isEmpty();
    }

    @Test
    void the_longest_name_is_kept_as_it_is() {
        var name = "🫘".repeat(Definition.NAME_LENGTH_MAX);
        define("long", name, PRICE);
        assertThat(listed("long").name()).isEqualTo(name);
    }

    @Test
    void of_many_who_define_a_product_at_once_one_defines_it() {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var asked = IntStream.range(0, 20)
                    .mapToObj(nth -> CompletableFuture.runAsync(() -> define("raced", "Beans " + nth, PRICE), threads))
                    .toList();
            asked.forEach(CompletableFuture::join);
        }
        var events = events("raced");
        assertThat(events.get(0)).isInstanceOf(ProductDefined.class);
        assertThat(events.subList(1, events.size())).hasSize(19).allMatch(ProductRenamed.class::isInstance);
        assertThat(((ProductRenamed) events.get(19)).name())
                .isEqualTo(listed("raced").name());
    }

    @Test
    void pages_go_through_all_products_in_the_order_of_their_sku() {
        var skus =
                List.of("zz.a", "zz.b", "zz_a", "zz0", "zza").stream().sorted().toList();
        skus.forEach(sku -> define(sku, "Beans", PRICE));
        var found = new ArrayList<String>();
        var after = "zz";
        while (after != null) {
            var page = node.ask(new ListProducts(2, after), ProductList.class);
            assertThat(page.products()).hasSizeBetween(1, 2);
            page.products().forEach(product -> found.add(product.sku()));
            after = page.next();
        }
        assertThat(found).isEqualTo(skus);
    }

    @Test
    void a_last_page_that_is_full_has_no_next() {
        define("zzz-1", "Beans", PRICE);
        define("zzz-2", "Beans", PRICE);
        var page = node.ask(new ListProducts(2, "zzz-"), ProductList.class);
        assertThat(page.products()).hasSize(2);
        assertThat(page.next()).isNull();
    }

    @Test
    void a_page_after_the_last_product_is_empty() {
        assertThat(node.ask(new ListProducts(200, "zzzzzzzz"), ProductList.class))
                .isEqualTo(new ProductList(List.of(), null));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 201})
    void a_page_of_an_impossible_length_is_refused(int limit) {
        var refusal = refusal(() -> node.ask(new ListProducts(limit, null), ProductList.class));
        assertThat(refusal.problem()).isEqualTo(Problem.INVALID);
        assertThat(refusal.field()).isEqualTo("/limit");
    }

    @Test
    void a_page_is_read_through_the_index() {
        node.as("catalog").run(Cause.none(), tx -> {
            tx.execute("set local enable_seqscan = off"); // so few rows would be scanned
            var plan = tx.list("explain " + ProductTable.PAGE, row -> row.getString(0), "b", 10);
            assertThat(plan).anyMatch(line -> line.contains("Index Cond: (sku > "));
        });
    }

    private static Product define(String sku, String name, Money price) {
        return node.ask(new DefineProduct(sku, name, price), Product.class);
    }

    private static Product listed(String sku) {
        var products = node.ask(new ListProducts(200, null), ProductList.class).products();
        return products.stream()
                .filter(product -> product.sku().equals(sku))
                .findFirst()
                .orElse(null);
    }

    private static List<Event> events(String sku) {
        return node.messages("catalog").stream()
                .filter(message -> message.key().equals(sku))
                .<Event>map(message -> switch (message.type()) {
                    case "catalog.product-defined.v1" -> MessageJson.read(message.data(), ProductDefined.class);
                    case "catalog.product-renamed.v1" -> MessageJson.read(message.data(), ProductRenamed.class);
                    case "catalog.product-price-changed.v1" ->
                        MessageJson.read(message.data(), ProductPriceChanged.class);
                    default -> throw new AssertionError(message.type());
                })
                .toList();
    }

    private static Refusal refusal(Runnable work) {
        return catchThrowableOfType(Refusal.class, work::run);
    }
}
