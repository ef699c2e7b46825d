package postbus.messaging.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.Notes.Noted;
import postbus.messaging.Source;
import postbus.postgres.ScratchDatabase;

@Timeout(30)
class TransactionsTest {
    private static Vertx vertx;
    private static Source desk;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        desk = new Source(vertx, ScratchDatabase.create(), "desk");
        desk.ddl("create table note (key text primary key, n int)");
    }

    @AfterAll
    static void stop() {
        vertx.close().await();
    }

    @Test
    void work_that_lost_against_a_concurrent_change_is_done_again_in_a_new_transaction() {
        var tries = new AtomicInteger();
        desk.transactions().run(Cause.none(), tx -> {
            tx.execute("insert into note values ('again', $1)", tries.incrementAndGet());
            if (tries.get() < 3) {
                throw new ConcurrentChange("note again");
            }
        });
        assertThat(desk.sql().find("select n from note where key = 'again'", row -> row.getInteger("n")))
                .contains(3);
    }

    @Test
    void work_that_always_loses_fails_in_the_end() {
        var tries = new AtomicInteger();
        assertThatThrownBy(() -> desk.transactions().run(Cause.none(), tx -> {
                    tries.incrementAndGet();
                    throw new ConcurrentChange("always");
                }))
                .isInstanceOf(ConcurrentChange.class);
        assertThat(tries).hasValue(5);
    }

    @Test
    void a_hint_runs_after_commit_and_not_when_there_was_none() {
        var hints = new ArrayList<String>();
        desk.transactions().run(Cause.none(), tx -> tx.afterCommit(() -> hints.add("committed")));
        assertThatThrownBy(() -> desk.transactions().run(Cause.none(), tx -> {
            tx.afterCommit(() -> hints.add("rolled back"));
            throw new IllegalStateException();
        }));
        assertThat(hints).containsExactly("committed");
    }

    @Test
    void a_transaction_kept_longer_than_its_work_is_over() {
        var kept = new ArrayList<Transaction>();
        desk.transactions().run(Cause.none(), kept::add);
        assertThatThrownBy(() -> kept.get(0).publish(new Noted("k", 1))).hasMessage("the transaction is over");
        assertThatThrownBy(() -> kept.get(0).execute("select 1")).hasMessage("the transaction is over");
    }

    @Test
    void waiting_for_a_connection_has_a_limit_and_leaves_the_pool_whole() {
        var held = new ArrayList<io.vertx.sqlclient.SqlConnection>();
        for (int i = 0; i < 16; i++) {
            held.add(desk.pool().getConnection().await());
        }
        assertThatThrownBy(() -> desk.transactions().run(Cause.none(), tx -> tx.execute("select 1")))
                .isInstanceOf(PoolExhausted.class);
        held.forEach(connection -> connection.close().await());
        for (int i = 0; i < 40; i++) {
            desk.transactions().run(Cause.none(), tx -> tx.execute("select 1"));
        }
    }
}
