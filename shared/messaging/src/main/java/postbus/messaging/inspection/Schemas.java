package postbus.messaging.inspection;

import postbus.messaging.transaction.Sql;

/** Statements on any schema of a database. */
@FunctionalInterface
public interface Schemas {
    /** Statements with this schema as search path, each on its own. */
    Sql in(String schema);
}
