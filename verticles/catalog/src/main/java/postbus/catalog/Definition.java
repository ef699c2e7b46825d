package postbus.catalog;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import postbus.contracts.Money;
import postbus.contracts.catalog.DefineProduct;
import postbus.contracts.catalog.Product;
import postbus.contracts.catalog.ProductDefined;
import postbus.contracts.catalog.ProductPriceChanged;
import postbus.contracts.catalog.ProductRenamed;
import postbus.messaging.Event;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;

/** What defining a product changes. A pure function of the product as it is and as it is wished. */
final class Definition {
    /** In Unicode code points, as Postgres counts them. */
    static final int NAME_LENGTH_MAX = 200;

    private Definition() {}

    /**
     * The facts to tell, none when the product already is as wished. Fails with a {@link Refusal} that names the field
     * when the wish is not acceptable.
     *
     * @param before the product as it is; null when there is none yet
     */
    static List<Event> changes(@Nullable Product before, DefineProduct wish) {
        var name = requireName(wish.name());
        var price = requirePrice(wish.price());
        if (before == null) {
            return List.of(new ProductDefined(wish.sku(), name, price));
        }
        requireSameCurrency(before, price);
        var changes = new ArrayList<Event>();
        if (!before.name().equals(name)) {
            changes.add(new ProductRenamed(wish.sku(), name));
        }
        if (!before.price().equals(price)) {
            changes.add(new ProductPriceChanged(wish.sku(), price));
        }
        return changes;
    }

    /** @param name null when the request left it out */
    private static String requireName(@Nullable String name) {
        if (name == null || name.isBlank()) {
            throw new Refusal(Problem.INVALID, "name must not be blank", "/name");
        }
        var length = name.codePointCount(0, name.length());
        if (length > NAME_LENGTH_MAX) {
            throw new Refusal(
                    Problem.INVALID, "name must have 1 to " + NAME_LENGTH_MAX + " characters, has " + length, "/name");
        }
        if (!name.codePoints().allMatch(Definition::isWritable)) {
            throw new Refusal(Problem.INVALID, "name must not have control characters or half surrogates", "/name");
        }
        return name;
    }

    /** Postgres keeps no U+0000, UTF-8 has no surrogates, and a name is one line. */
    private static boolean isWritable(int codePoint) {
        return !Character.isISOControl(codePoint) && Character.getType(codePoint) != Character.SURROGATE;
    }

    /** @param price null when the request left it out */
    private static Money requirePrice(@Nullable Money price) {
        if (price == null) {
            throw new Refusal(Problem.INVALID, "price is missing", "/price");
        }
        return price;
    }

    /** Orders add up prices they copied at different times, which only one currency allows. */
    private static void requireSameCurrency(Product before, Money price) {
        var currency = before.price().currency();
        if (!currency.equals(price.currency())) {
            throw new Refusal(
                    Problem.INVALID,
                    "product '" + before.sku() + "' is priced in " + currency + " and cannot change to "
                            + price.currency(),
                    "/price/currency");
        }
    }
}
