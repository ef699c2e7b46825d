package postbus.ordering;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.contracts.Money;
import postbus.contracts.ordering.Line;
import postbus.contracts.ordering.PlaceOrder;
import postbus.contracts.ordering.PricedLine;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.ordering.OrderEvent.Placed;

/**
 * What a customer wants, checked as far as that is possible without knowing the products. Whatever cannot be ordered is
 * a {@link Refusal} that names the field.
 *
 * @param items one for each sku, in the order in which the skus were first named
 * @param paymentToken what the payment provider knows the payer by; null for the default
 */
record Cart(String customerId, List<Item> items, @Nullable String paymentToken) {
    /** Most lines of an order, counted as they were asked for. */
    static final int LINES_MAX = 100;

    /** Longest customer id and payment token, in characters. */
    static final int TEXT_LENGTH_MAX = 255;

    /** @param line where the sku was first named, from 0 */
    record Item(String sku, int quantity, int line) {}

    static Cart of(PlaceOrder wish) {
        requireText(wish.customerId(), "/customerId");
        if (wish.paymentToken() != null) {
            requireText(wish.paymentToken(), "/paymentToken");
        }
        return new Cart(wish.customerId(), items(wish.lines()), wish.paymentToken());
    }

    List<String> skus() {
        return items.stream().map(Item::sku).toList();
    }

    /** The order at these prices, by sku. */
    Placed place(UUID orderId, Map<String, Money> prices) {
        var lines = new ArrayList<PricedLine>(items.size());
        @Nullable Money total = null;
        for (var item : items) {
            var price = prices.get(item.sku());
            if (price == null) {
                throw invalid("no product '" + item.sku() + "'", "/lines/" + item.line() + "/sku");
            }
            if (total != null && !total.currency().equals(price.currency())) {
                throw invalid(
                        "one order has one currency, this one has " + total.currency() + " and " + price.currency(),
                        "/lines");
            }
            total = sum(total, price, item.quantity());
            lines.add(new PricedLine(item.sku(), item.quantity(), price));
        }
        if (total == null) {
            throw new IllegalStateException("a cart has items");
        }
        return new Placed(orderId, customerId, List.copyOf(lines), total, paymentToken);
    }

    private static List<Item> items(@Nullable List<Line> lines) {
        if (lines == null || lines.isEmpty()) {
            throw invalid("an order has at least one line", "/lines");
        }
        if (lines.size() > LINES_MAX) {
            throw invalid("an order has at most " + LINES_MAX + " lines, this one has " + lines.size(), "/lines");
        }
        var items = new LinkedHashMap<String, Item>();
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i);
            if (line == null) {
                throw invalid("the line is empty", "/lines/" + i);
            }
            var item = new Item(line.sku(), line.quantity(), i);
            items.merge(line.sku(), item, Cart::together);
        }
        return List.copyOf(items.values());
    }

    private static Item together(Item first, Item again) {
        try {
            return new Item(first.sku(), Math.addExact(first.quantity(), again.quantity()), first.line());
        } catch (ArithmeticException e) {
            throw invalid("too many pieces of '" + first.sku() + "'", "/lines/" + again.line() + "/quantity");
        }
    }

    private static Money sum(@Nullable Money soFar, Money price, int quantity) {
        try {
            var line = price.times(quantity);
            return soFar == null ? line : soFar.plus(line);
        } catch (ArithmeticException e) {
            throw invalid("the order's total is too large", "/lines");
        }
    }

    private static void requireText(@Nullable String text, String field) {
        if (text == null || text.isBlank() || text.length() > TEXT_LENGTH_MAX || !isStorable(text)) {
            throw invalid("must have 1 to " + TEXT_LENGTH_MAX + " characters, none of them a control character", field);
        }
    }

    /** Postgres keeps no NUL and no half of a surrogate pair, and other control characters name nobody. */
    private static boolean isStorable(String text) {
        return text.codePoints()
                .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
    }

    private static Refusal invalid(String detail, String field) {
        return new Refusal(Problem.INVALID, detail, field);
    }
}
