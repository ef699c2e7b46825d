/**
 * A real Postgres that needs no installation: for the first run, for development and for tests. Not for production,
 * where {@code DATABASE_URL} names a server somebody looks after.
 */
@NullMarked
package postbus.postgres;

import org.jspecify.annotations.NullMarked;
