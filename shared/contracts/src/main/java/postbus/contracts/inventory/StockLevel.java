package postbus.contracts.inventory;

/**
 * Stock of one product, in pieces.
 *
 * @param onHand on the shelf
 * @param reserved of these, promised to orders
 * @param available of these, free: onHand - reserved
 */
public record StockLevel(String sku, int onHand, int reserved, int available) {}
