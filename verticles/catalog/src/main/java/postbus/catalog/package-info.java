/**
 * The catalog: which products there are, what they are called and what they cost. It promises that a product keeps its
 * sku and its currency for ever, that every change is told as an event in the order it was made, and that a definition
 * which changes nothing says nothing. How many pieces there are is the inventory's business, and what an order costs is
 * ordering's.
 */
@NullMarked
package postbus.catalog;

import org.jspecify.annotations.NullMarked;
