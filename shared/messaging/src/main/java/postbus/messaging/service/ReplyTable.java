package postbus.messaging.service;

import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import postbus.messaging.transaction.Sql;

/** Reads and writes {@code reply}. */
final class ReplyTable {
    /** Requests under one key come one after another, so that the second sees the first's answer. */
    private static final String LOCK = """
            select pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 0))
            """;

    private static final String FIND = """
            select fingerprint, problem, body from reply where type = $1 and idempotency_key = $2
            """;

    private static final String INSERT = """
            insert into reply (type, idempotency_key, fingerprint, problem, body) values ($1, $2, $3, $4, $5)
            """;

    /** @param problem code of the refusal, 0 for an accepted request */
    record Stored(Buffer fingerprint, int problem, Buffer body) {}

    private ReplyTable() {}

    static Optional<Stored> lock(Sql sql, String type, String key) {
        sql.execute(LOCK, type, key);
        return sql.find(
                FIND,
                row -> new Stored(row.getBuffer("fingerprint"), row.getInteger("problem"), row.getBuffer("body")),
                type,
                key);
    }

    static void insert(Sql sql, String type, String key, Stored reply) {
        sql.execute(INSERT, type, key, reply.fingerprint(), reply.problem(), reply.body());
    }
}
