package postbus.contracts.inventory;

/** What is missing of a product. */
public record Shortage(String sku, int requested, int available) {}
