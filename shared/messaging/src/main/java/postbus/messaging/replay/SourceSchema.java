package postbus.messaging.replay;

import java.util.Optional;
import java.util.function.Supplier;
import postbus.messaging.transaction.Sql;

/** Lets statements of a transaction see another service's schema instead of its own for a while. */
final class SourceSchema {
    private static final String IS_HERE = """
            select exists (select from pg_class c
                             join pg_namespace n on n.oid = c.relnamespace
                            where n.nspname = $1 and c.relname = 'ledger_head'
                              and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')) as is_here
            """;

    private static final String ENTER = """
            select set_config('postbus.schema', current_setting('search_path'), true),
                   set_config('search_path', quote_ident($1), true)
            """;

    private static final String LEAVE = """
            select set_config('search_path', current_setting('postbus.schema'), true)
            """;

    private SourceSchema() {}

    static boolean within(Sql sql, String source, Runnable work) {
        return within(sql, source, () -> {
                    work.run();
                    return true;
                })
                .isPresent();
    }

    /** Does the work with the source's schema on the search path; nothing, and empty, when it is not in this database or not for this login. */
    static <T> Optional<T> within(Sql sql, String source, Supplier<T> work) {
        if (!sql.find(IS_HERE, row -> row.getBoolean("is_here"), source).orElseThrow()) {
            return Optional.empty();
        }
        sql.execute(ENTER, source);
        var done = work.get();
        sql.execute(LEAVE); // work that fails ends the transaction, and the change of the path with it
        return Optional.of(done);
    }
}
