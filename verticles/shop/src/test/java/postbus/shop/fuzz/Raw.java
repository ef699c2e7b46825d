package postbus.shop.fuzz;

/** JSON, or what is to stand in its place, written as it is. */
record Raw(String text) {}
