/**
 * The whole shop for a first run and for development: every service in one JVM, or each in its own from its fat jar,
 * over an embedded Postgres whose data stays.
 */
@NullMarked
package postbus.shop;

import org.jspecify.annotations.NullMarked;
