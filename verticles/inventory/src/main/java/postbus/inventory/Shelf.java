package postbus.inventory;

import postbus.contracts.inventory.StockLevel;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;

/**
 * The pieces of one product: {@code 0 <= reserved <= onHand}. A step that would break this fails with an {@link
 * IllegalArgumentException}, since it is a bug of the caller.
 *
 * @param onHand on the shelf
 * @param reserved of these, promised to orders
 */
record Shelf(String sku, int onHand, int reserved) {
    Shelf {
        if (reserved < 0 || reserved > onHand) {
            throw new IllegalArgumentException(
                    "shelf '" + sku + "' cannot have " + reserved + " reserved of " + onHand + " on hand");
        }
    }

    int available() {
        return onHand - reserved;
    }

    Shelf reserve(int quantity) {
        return new Shelf(sku, onHand, Math.addExact(reserved, quantity));
    }

    /** What was reserved is available again. */
    Shelf release(int quantity) {
        return new Shelf(sku, onHand, reserved - quantity);
    }

    /** What was reserved has left. */
    Shelf ship(int quantity) {
        return new Shelf(sku, onHand - quantity, reserved - quantity);
    }

    /** Goods arrived; a {@link Refusal} when they are more than a shelf can count. */
    Shelf receive(int quantity) {
        var space = Integer.MAX_VALUE - onHand;
        if (quantity > space) {
            throw new Refusal(
                    Problem.INVALID,
                    "quantity must be at most " + space + " on top of " + onHand + " pieces, is " + quantity,
                    "/quantity");
        }
        return new Shelf(sku, onHand + quantity, reserved);
    }

    StockLevel level() {
        return new StockLevel(sku, onHand, reserved, available());
    }
}
