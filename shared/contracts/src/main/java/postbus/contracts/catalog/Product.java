package postbus.contracts.catalog;

import postbus.contracts.Money;

/** A product as the catalog shows it. */
public record Product(String sku, String name, Money price) {}
