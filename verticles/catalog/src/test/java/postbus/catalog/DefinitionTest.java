package postbus.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import postbus.contracts.Money;
import postbus.contracts.catalog.DefineProduct;
import postbus.contracts.catalog.Product;
import postbus.contracts.catalog.ProductDefined;
import postbus.contracts.catalog.ProductPriceChanged;
import postbus.contracts.catalog.ProductRenamed;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;

class DefinitionTest {
    private static final Money PRICE = new Money(1_250, "EUR");
    private static final Product ESPRESSO = new Product("espresso", "Espresso beans", PRICE);

    @Test
    void a_product_that_was_not_there_is_defined() {
        assertThat(Definition.changes(null, wish("Espresso beans", PRICE)))
                .containsExactly(new ProductDefined("espresso", "Espresso beans", PRICE));
    }

    @Test
    void another_name_is_a_renaming() {
        assertThat(Definition.changes(ESPRESSO, wish("Dark espresso beans", PRICE)))
                .containsExactly(new ProductRenamed("espresso", "Dark espresso beans"));
    }

    @Test
    void another_amount_is_a_change_of_price() {
        assertThat(Definition.changes(ESPRESSO, wish("Espresso beans", new Money(1_300, "EUR"))))
                .containsExactly(new ProductPriceChanged("espresso", new Money(1_300, "EUR")));
    }

    @Test
    void another_name_and_amount_are_two_changes() {
        assertThat(Definition.changes(ESPRESSO, wish("Dark espresso beans", new Money(1_300, "EUR"))))
                .containsExactly(
                        new ProductRenamed("espresso", "Dark espresso beans"),
                        new ProductPriceChanged("espresso", new Money(1_300, "EUR")));
    }

    @Test
    void the_same_again_changes_nothing() {
        assertThat(Definition.changes(ESPRESSO, wish("Espresso beans", PRICE))).isEmpty();
    }

    @Test
    void another_currency_is_refused() {
        refuses(() -> Definition.changes(ESPRESSO, wish("Espresso beans", new Money(1_250, "USD"))), "/price/currency");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "line\nbreak", "zero\0byte", "half \uD83D surrogate"})
    void a_name_that_is_no_line_of_text_is_refused(String name) {
        refuses(() -> Definition.changes(null, wish(name, PRICE)), "/name");
    }

    @Test
    void a_name_of_200_characters_is_accepted() {
        assertThat(Definition.changes(null, wish("☕".repeat(199) + "🫘", PRICE)))
                .hasSize(1);
    }

    @Test
    void a_name_of_201_characters_is_refused() {
        refuses(() -> Definition.changes(null, wish("e".repeat(201), PRICE)), "/name");
    }

    @Test
    void a_name_left_out_is_refused() {
        refuses(() -> Definition.changes(null, wish(null, PRICE)), "/name");
    }

    @Test
    void a_price_left_out_is_refused() {
        refuses(() -> Definition.changes(null, wish("Espresso beans", null)), "/price");
    }

    private static DefineProduct wish(String name, Money price) {
        return new DefineProduct("espresso", name, price);
    }

    private static void refuses(ThrowingCallable work, String field) {
        assertThatThrownBy(work)
                .asInstanceOf(InstanceOfAssertFactories.type(Refusal.class))
                .satisfies(refusal -> {
                    assertThat(refusal.problem()).isEqualTo(Problem.INVALID);
                    assertThat(refusal.field()).isEqualTo(field);
                });
    }
}
