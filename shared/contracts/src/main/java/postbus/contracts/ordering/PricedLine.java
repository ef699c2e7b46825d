package postbus.contracts.ordering;

import postbus.contracts.Money;

/** So many pieces of a product at the price they were ordered at. */
public record PricedLine(String sku, int quantity, Money unitPrice) {}
