package postbus.messaging.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.Notes.Noted;
import postbus.messaging.Source;
import postbus.messaging.inspection.Finding.Severity;
import postbus.messaging.outbox.Outbox;
import postbus.messaging.relay.Relay;
import postbus.messaging.relay.RelayProcess;
import postbus.messaging.subscription.DurableSubscriber;
import postbus.messaging.subscription.Handlers;
import postbus.messaging.subscription.Outcome;
import postbus.messaging.subscription.Pauses;
import postbus.messaging.trail.Signed;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.EventBusWake;
import postbus.messaging.transaction.Transactions;
import postbus.messaging.wire.Wire;
import postbus.postgres.LocalPostgres;

/** Each condition is brought about on a server of its own, and named. */
@Timeout(60)
class DoctorTest {
    private static final int CONNECTIONS = 60;

    /** Everything is told at once. */
    private static final Limits AT_ONCE = new Limits(
            Duration.ZERO,
            Duration.ofMinutes(3),
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            Duration.ZERO,
            10,
            0.8,
            0.8,
            20L << 30,
            50);

    private static LocalPostgres postgres;
    private static Vertx vertx;
    private static Source desk;
    private static Source file;
    private static final Map<String, Transactions> SCHEMAS = new HashMap<>();

    private final List<SqlConnection> sessions = new ArrayList<>();
    private final List<DurableSubscriber> subscribers = new ArrayList<>();

    @BeforeAll
    static void start() {
        postgres = LocalPostgres.temporary(
                Map.of("max_prepared_transactions", "5", "max_connections", String.valueOf(CONNECTIONS)));
        vertx = Vertx.vertx();
        Wire.register(vertx);
        desk = new Source(vertx, postgres.url(), "desk");
        file = new Source(vertx, postgres.url(), "file");
    }

    @AfterAll
    static void stop() {
        vertx.close().await();
        postgres.close();
    }

    @BeforeEach
    void empty() {
        desk.empty();
        file.empty();
    }

    @AfterEach
    void end() {
        sessions.forEach(session -> session.close().await());
        subscribers.forEach(subscriber -> subscriber.stop().await());
        vertx.deploymentIDs().forEach(id -> vertx.undeploy(id).await());
    }

    private static Schemas schemas(PgConnectOptions options) {
        return schema -> SCHEMAS.computeIfAbsent(
                        options.getUser() + " " + schema, name -> transactions(options, schema))
                .reading();
    }

    private static Transactions transactions(PgConnectOptions options, String schema) {
        var pool = PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(2))
                .connectingTo(new PgConnectOptions(options).addProperty("search_path", schema))
                .using(vertx)
                .build();
        var context = vertx.getOrCreateContext();
        return new Transactions(
                context, schema, pool, new Outbox(1_000), Clock.systemUTC(), new EventBusWake(context, schema));
    }

    private static List<Finding> examine(Limits limits) {
        return new Doctor(schemas(desk.options()), limits).examine();
    }

    private static List<Finding> find(String kind) {
        return find(kind, AT_ONCE);
    }

    private static List<Finding> find(String kind, Limits limits) {
        return examine(limits).stream()
                .filter(finding -> finding.kind().equals(kind))
                .toList();
    }

    /** The only one of its kind. */
    private static Finding only(String kind) {
        assertThat(find(kind)).as(kind).hasSize(1);
        return find(kind).get(0);
    }

    private static Finding awaited(String kind) {
        await(() -> !find(kind).isEmpty());
        return only(kind);
    }

    // Nothing

    @Test
    void where_all_is_well_nothing_needs_somebody() {
        relay();
        subscribe();
        publish(20);
        await(() -> examine(Limits.DEFAULT).stream().allMatch(finding -> finding.severity() == Severity.NOTE));
        assertThat(find("relay-alone")).hasSize(1);
        relay();
        await(() -> examine(Limits.DEFAULT).isEmpty());
    }

    // Sources

    @Test
    void a_source_nobody_leads_and_what_has_no_position() {
        publish(3);

        var missing = only("relay-missing");
        assertThat(missing.severity()).isEqualTo(Severity.CRITICAL);
        assertThat(missing.subject()).isEqualTo("source desk");
        assertThat(missing.evidence()).contains("3 messages have no position");
        assertThat(missing.remedy()).contains("SOURCES names desk");
        assertThat(only("cut-late").evidence()).startsWith("3 committed messages have no position");
        relay();
        await(() -> find("relay-missing").isEmpty() && find("cut-late").isEmpty());
    }

    @Test
    void a_relay_that_nobody_would_take_over_from() {
        publish(1);
        relay();

        assertThat(awaited("relay-alone").evidence()).containsPattern("leads in session \\d+");
        relay();
        await(() -> find("relay-alone").isEmpty());
    }

    @Test
    void a_scheduled_command_that_is_overdue() {
        desk.sql()
                .execute("insert into scheduled (message_id, due_at, type, key, recipient, correlation_id, data) values"
                        + " (gen_random_uuid(), now() - interval '5 min', 'file.keep.v1', 'k', 'file',"
                        + " gen_random_uuid(), '{}')");

        assertThat(only("schedule-overdue").evidence()).contains("the first of 1 scheduled commands", "5 min");
    }

    @Test
    void a_sequence_that_gives_ids_in_advance() {
        desk.ddl("alter table outbox alter column id set cache 10");
        try {
            assertThat(only("sequence-cache").evidence()).contains("CACHE 10");
        } finally {
            desk.ddl("alter table outbox alter column id set cache 1");
        }
        assertThat(find("sequence-cache")).isEmpty();
    }

    // Subscriptions

    /** As relay and subscriber would have left it. */
    private static void registered(long cursor, String ago) {
        cursors(cursor);
        desk.ddl("insert into subscription (name, cursors, announced_at) values" + " ('file', array_fill(" + cursor
                + "::bigint, array[8]), now() - interval '" + ago + "')");
    }

    private static void cursors(long cursor) {
        file.sql()
                .execute(
                        "insert into subscription_cursor (subscription, source, lane, position)"
                                + " select 'file', 'desk', n, $1 from generate_series(0, 7) n",
                        cursor);
    }

    @Test
    void a_paused_subscription_with_who_paused_it_and_why() {
        registered(0, "0 s");
        new Pauses(file.transactions(), "file").pause("desk", new Signed("anna", "the shelf is full"));

        var paused = only("subscription-paused");
        assertThat(paused.subject()).isEqualTo("subscription file of desk");
        assertThat(paused.evidence()).contains("paused by anna", "the shelf is full");
        assertThat(paused.remedy()).contains("resume file --source desk");
    }

    @Test
    void a_subscription_that_is_silent_with_what_is_kept_for_it() {
        registered(0, "1 hour");
        desk.ddl("insert into subscription (name, cursors, announced_at) values"
                + " ('elsewhere', array_fill(0::bigint, array[8]), now() - interval '2 days')");

        assertThat(find("subscription-silent"))
                .extracting(Finding::subject)
                .containsExactly("subscription elsewhere of desk", "subscription file of desk");
        assertThat(find("subscription-silent").get(1).remedy()).contains("forget file --source desk");
    }

    @Test
    void a_subscription_that_lags() {
        registered(0, "0 s");
        publish(7);
        relay();

        await(() -> find("cut-late").isEmpty());
        assertThat(awaited("subscription-behind").evidence()).startsWith("7 messages wait");
    }

    @Test
    void a_subscription_that_its_source_keeps_nothing_for() {
        cursors(0);
        publish(1);

        assertThat(only("subscription-forgotten").evidence()).contains("desk keeps nothing for it");
    }

    @Test
    void cursors_below_what_is_deleted_but_not_those_that_move_up_by_themselves() {
        registered(5, "0 s");
        desk.ddl("update ledger_pruned set position = 9 where lane = 3");

        var pruned = only("cursor-pruned");
        assertThat(pruned.severity()).isEqualTo(Severity.CRITICAL);
        assertThat(pruned.evidence()).endsWith("lane 3 at 5, deleted up to 9");
        assertThat(pruned.remedy()).contains("replay file --source desk --to oldest");
        file.ddl("update subscription_cursor set began_at = position");
        assertThat(find("cursor-pruned")).isEmpty();
    }

    @Test
    void cursors_ahead_of_their_source() {
        registered(1_000, "0 s");

        assertThat(only("cursor-ahead").evidence()).contains("beyond position 0", "lane 0 at 1000");
    }

    // Parked messages

    private static void park(int from, int to, String state, String key) {
        file.sql().execute("""
                        insert into parked_message
                               (subscription, source, position, lane, message_id, type, key, time, correlation_id, data,
                                state, holds_key, reason, attempts, next_attempt_at, error, parked_at, failing_since,
                                failed_at)
                        select 'file', 'desk', n, 0, gen_random_uuid(), 'desk.noted.v1', $4, now(), gen_random_uuid(), '{}',
                               $3, true, 'failed', 3, now(), 'no shelf', now(), now() - interval '15 min',
                               now() - interval '3 hours'
                          from generate_series($1::bigint, $2::bigint) n
                        """, (long) from, (long) to, state, key);
    }

    @Test
    void dead_letters_with_the_first_of_them() {
        park(1, 2, "dead", "a");

        var dead = only("dead-letters");
        assertThat(dead.subject()).isEqualTo("subscription file of desk");
        assertThat(dead.evidence()).contains("2 wait for a person", "since 3 h", "desk.noted.v1", "failed, no shelf");
    }

    @Test
    void a_key_that_is_parked_with_what_waits_behind_it() {
        park(1, 3, "parked", "order-7");

        var parked = only("key-parked");
        assertThat(parked.subject()).isEqualTo("key order-7 at file");
        assertThat(parked.evidence()).contains("failing for 15 min", "2 wait behind it");
    }

    @Test
    void parking_that_is_nearly_full_and_full() {
        park(1, 7, "dead", "a");
        assertThat(find("parking-full")).isEmpty();
        park(8, 8, "dead", "a");
        assertThat(only("parking-full").severity()).isEqualTo(Severity.WARNING);
        park(9, 10, "dead", "a");
        assertThat(only("parking-full").severity()).isEqualTo(Severity.CRITICAL);
        assertThat(only("parking-full").evidence()).startsWith("10 messages are parked, 10 may be");
    }

    // Sessions

    private PgConnection session(String applicationName) {
        var options = new PgConnectOptions(file.options()).addProperty("application_name", applicationName);
        var session = PgConnection.connect(vertx, options).await();
        sessions.add(session);
        return session;
    }

    private static int pid(SqlClient session) {
        return session.query("select pg_backend_pid() as pid")
                .execute()
                .await()
                .iterator()
                .next()
                .getInteger("pid");
    }

    @Test
    void the_session_whose_lock_blocks_a_cut() {
        relay();
        publish(1);
        await(() -> find("cut-late").isEmpty());
        var psql = session("psql of anna");
        psql.query("begin").execute().await();
        psql.query("select 1 from desk.ledger_head for update").execute().await();
        publish(1);

        var held = awaited("lock-held");
        assertThat(held.severity()).isEqualTo(Severity.CRITICAL);
        assertThat(held.subject()).isEqualTo("the cut of desk");
        assertThat(held.evidence())
                .contains("session " + pid(psql), "psql of anna", "idle in transaction", "desk.ledger_head for update");
        assertThat(held.remedy()).isEqualTo("select pg_terminate_backend(" + pid(psql) + ")");
    }

    @Test
    void the_session_whose_lock_blocks_a_lane_also_behind_another_that_waits() {
        cursors(0);
        var psql = session("psql of anna");
        psql.query("begin").execute().await();
        psql.query("select 1 from subscription_cursor for update").execute().await();
        var move = "update subscription_cursor set position = position + 1 where lane = 0";
        var moves = Stream.of(move, "with moved as (" + move + " returning 1) select count(*) from moved")
                .map(each -> session("postbus file").query(each).execute())
                .toList();

        await(() -> find("lock-held").stream().anyMatch(held -> held.evidence().contains("and 1 more")));
        assertThat(only("lock-held").subject()).isEqualTo("a lane of file");
        assertThat(only("lock-held").evidence()).contains("psql of anna");
        psql.query("rollback").execute().await();
        moves.forEach(each -> each.await());
        assertThat(find("lock-held")).isEmpty();
    }

    @Test
    void a_lock_that_is_kept_while_nobody_waits_for_it() {
        var psql = session("psql of anna");
        psql.query("begin").execute().await();
        psql.query("select 1 from desk.ledger_head for update").execute().await();

        assertThat(only("lock-kept").subject()).isEqualTo("table desk.ledger_head");
        assertThat(only("lock-kept").evidence()).contains("session " + pid(psql), "psql of anna", "RowShareLock");
        assertThat(only("lock-kept").remedy()).contains("pg_terminate_backend(" + pid(psql) + ")");
    }

    @Test
    void a_transaction_left_open_with_session_application_age_and_last_statement() {
        var report = session("report");
        report.query("begin").execute().await();
        report.query("select pg_current_xact_id(), 'the report'").execute().await();

        var open = only("transaction-open");
        assertThat(open.subject()).contains("session " + pid(report), "report", "idle in transaction");
        assertThat(open.evidence()).contains("'the report'", "Dead rows cannot be removed", "what it wrote or locked");
        assertThat(find("transaction-open", Limits.DEFAULT)).isEmpty();
    }

    @Test
    void a_prepared_transaction_nobody_ends() {
        var coordinator = session("coordinator");
        coordinator.query("begin").execute().await();
        coordinator
                .query("insert into reply (type, idempotency_key, fingerprint, problem, body)"
                        + " values ('t', 'k', '', 0, '')")
                .execute()
                .await();
        coordinator.query("prepare transaction 'lost'").execute().await();
        try {
            assertThat(only("transaction-prepared").remedy()).endsWith("rollback prepared 'lost'");
        } finally {
            coordinator.query("rollback prepared 'lost'").execute().await();
        }
    }

    @Test
    void a_replication_slot_nobody_reads() {
        file.sql().execute("select pg_create_physical_replication_slot('left_behind', true)");
        try {
            assertThat(only("slot-inactive").subject()).isEqualTo("replication slot left_behind (physical)");
        } finally {
            file.sql().execute("select pg_drop_replication_slot('left_behind')");
        }
    }

    @Test
    void a_role_that_may_not_see_the_sessions_of_others() {
        desk.ddl("""
                create role onlooker login password 'onlooker';
                grant usage on schema desk, file to onlooker;
                grant select on all tables in schema desk, file to onlooker
                """);
        var options = new PgConnectOptions(desk.options()).setUser("onlooker").setPassword("onlooker");

        assertThat(new Doctor(schemas(options), AT_ONCE).examine())
                .extracting(Finding::kind)
                .contains("view-limited");
        assertThat(find("view-limited")).isEmpty();
    }

    // The server

    @Test
    void a_table_that_is_not_vacuumed() {
        desk.ddl("alter table outbox set (autovacuum_enabled = false)");
        try {
            assertThat(only("vacuum-off").subject()).isEqualTo("table desk.outbox");
            assertThat(only("vacuum-off").remedy()).isEqualTo("alter table desk.outbox reset (autovacuum_enabled)");
        } finally {
            desk.ddl("alter table outbox reset (autovacuum_enabled)");
        }
    }

    @Test
    void dead_rows_that_nobody_removes() {
        file.ddl("""
                insert into reply (type, idempotency_key, fingerprint, problem, body)
                select 't', n::text, '', 0, '' from generate_series(1, 100) n;
                delete from reply;
                analyze reply
                """);

        assertThat(awaited("rows-dead").subject()).isEqualTo("table file.reply");
        assertThat(only("rows-dead").evidence()).contains("100 dead rows");
    }

    @Test
    void connections_that_get_scarce() {
        assertThat(find("connections-scarce")).isEmpty();
        for (int n = 0; n < CONNECTIONS * 3 / 4; n++) {
            session("greedy");
        }

        assertThat(awaited("connections-scarce").evidence()).contains("greedy " + CONNECTIONS * 3 / 4);
    }

    @Test
    void a_database_that_is_larger_than_expected() {
        assertThat(find("database-large")).isEmpty();
        assertThat(find("database-large", AT_ONCE.withDatabaseBytes(1)))
                .singleElement()
                .satisfies(large -> assertThat(large.evidence()).contains("MiB; largest: "));
    }

    // The flow

    private static void publish(int count) {
        for (int n = 1; n <= count; n++) {
            int number = n;
            desk.transactions().run(Cause.none(), tx -> tx.publish(new Noted("key-" + number, number)));
        }
    }

    private static void relay() {
        vertx.deployVerticle(new Relay("desk", desk.options(), desk.pool(), RelayProcess.QUICK))
                .await();
    }

    private void subscribe() {
        var handlers = new Handlers();
        handlers.<Noted>add(Noted.class, (noted, tx) -> Outcome.done());
        var options = new DurableSubscriber.Options(
                "file", null, DurableSubscriber.Start.BEGINNING, false, Duration.ofMillis(200));
        var subscriber = new DurableSubscriber(vertx, file.transactions(), options, handlers);
        subscriber.start().await();
        subscribers.add(subscriber);
    }

    private static void await(Supplier<Boolean> condition) {
        while (!condition.get()) { // bounded by the timeout of each test
            vertx.timer(50, TimeUnit.MILLISECONDS).await();
        }
    }
}
