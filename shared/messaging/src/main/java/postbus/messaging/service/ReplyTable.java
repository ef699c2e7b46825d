package postbus.messaging.service;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
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

    /** Skips what another instance is deleting. */
    static final String DELETE_OLD = """
            delete from reply
             where ctid = any (array(select ctid
                                       from reply
                                      where answered_at < now() - make_interval(secs => $1)
                                      order by answered_at
                                      limit $2
                                      for update skip locked))
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

    /** Deletes the oldest answers that are older than this, at most so many, and returns how many. */
    static int deleteOld(Sql sql, Duration keep, int countMax) {
        return sql.update(DELETE_OLD, keep.toMillis() / 1000.0, (long) countMax);
    }
}
