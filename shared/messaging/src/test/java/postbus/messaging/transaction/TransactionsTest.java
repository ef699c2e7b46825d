package postbus.messaging.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.impl.SocketConnectionBase;
import io.vertx.sqlclient.internal.SqlConnectionInternal;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.Notes.Keep;
import postbus.messaging.Notes.Noted;
import postbus.messaging.Source;
import postbus.messaging.outbox.Outbox;
import postbus.postgres.ScratchDatabase;

@Timeout(120)
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
    void writes_are_done_in_their_order_before_what_is_waited_for() {
        var seen = desk.transactions().<Integer>call(Cause.none(), tx -> {
            tx.write("insert into note values ('written', 1)");
            tx.write("update note set n = n + $1 where key = 'written'", 10);
            return tx.find("select n from note where key = 'written'", row -> row.getInteger("n"))
                    .orElseThrow();
        });
        assertThat(seen).isEqualTo(11);
        assertThat(desk.sql().find("select n from note where key = 'written'", row -> row.getInteger("n")))
                .contains(11);
    }

    @Test
    void a_refused_write_fails_the_transaction_by_its_own_reason_and_nothing_is_sent() {
        desk.sql().execute("insert into note values ('taken', 1)");
        var messages = count("outbox");
        assertThatThrownBy(() -> desk.transactions().run(Cause.none(), tx -> {
                    tx.write("insert into note values ('beside', 1)");
                    tx.write("insert into note values ('taken', 2)");
                    tx.publish(new Noted("k", 1));
                }))
                .hasMessageContaining("note_pkey");
        assertThatThrownBy(() -> desk.transactions().run(Cause.none(), tx -> {
                    tx.write("insert into note values ('taken', 2)");
                    tx.execute("insert into note values ('beside', 1)");
                }))
                .hasMessageContaining("note_pkey");
        assertThat(desk.sql().find("select n from note where key = 'beside'", row -> row.getInteger("n")))
                .isEmpty();
        assertThat(count("outbox")).isEqualTo(messages);
    }

    @Test
    void writes_in_a_row_are_each_done() {
        desk.transactions().run(Cause.none(), tx -> {
            for (int n = 1; n <= 3; n++) {
                tx.write("insert into note values ($1, $2)", "row " + n, n);
            }
            tx.write("update note set n = n * 10 where key = $1", "row 3");
        });
        assertThat(desk.sql().list("select n from note where key like 'row %' order by n", row -> row.getInteger("n")))
                .containsExactly(1, 2, 30);
    }

    @Test
    void a_parameter_that_cannot_be_sent_fails_the_transaction() {
        assertThatThrownBy(() -> desk.transactions().run(Cause.none(), tx -> {
                    tx.write("insert into note values ('unsent', 1)");
                    tx.write("insert into note values ('unsent', $1)", new Object());
                }))
                .isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> desk.transactions().run(Cause.none(), tx -> {
                    tx.write("insert into note values ('unsent', $1)", 1);
                    tx.write("insert into note values ('unsent too', $1)", new Object());
                    tx.execute("select 1");
                }))
                .isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> desk.transactions()
                        .run(Cause.none(), tx -> tx.execute("insert into note values ('unsent', $1)", new Object())))
                .isInstanceOf(RuntimeException.class);
        assertThat(desk.sql().list("select n from note where key like 'unsent%'", row -> row.getInteger("n")))
                .isEmpty();
    }

    @Test
    void statements_that_nobody_waits_for_reach_the_server_in_one_write() {
        var pool = PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(1))
                .connectingTo(desk.options())
                .using(vertx)
                .build();
        var transactions = transactions(pool, new Wakes(new ArrayList<>()));
        Consumer<Transaction> work = tx -> {
            tx.write("insert into note values (gen_random_uuid()::text, $1)", 1);
            tx.write("update note set n = 2 where key = $1", "nobody's");
            tx.publish(new Noted("k", 1));
        };
        transactions.run(Cause.none(), work); // prepares them, for which each is waited for
        var writes = new AtomicInteger();
        var connection = pool.getConnection().await();
        ((SocketConnectionBase) ((SqlConnectionInternal) connection).unwrap().unwrap())
                .socket()
                .channelHandlerContext()
                .pipeline()
                .addFirst(new ChannelOutboundHandlerAdapter() {
                    @Override
                    public void flush(ChannelHandlerContext channel) {
                        writes.incrementAndGet();
                        channel.flush();
                    }
                });
        connection.close().await();
        transactions.run(Cause.none(), work);
        assertThat(writes).hasValue(1);
        pool.close().await();
    }

    private static Transactions transactions(Pool pool, Wake wake) {
        return new Transactions(vertx.getOrCreateContext(), "desk", pool, new Outbox(1_000), Clock.systemUTC(), wake);
    }

    private record Wakes(List<String> told) implements Wake {
        @Override
        public void appended() {
            told.add("appended, event loop: " + Context.isOnEventLoopThread());
        }

        @Override
        public void scheduled() {
            told.add("scheduled, event loop: " + Context.isOnEventLoopThread());
        }
    }

    @Test
    void a_relay_is_woken_by_the_answer_to_the_commit_and_by_no_rollback() {
        var wakes = new Wakes(new CopyOnWriteArrayList<>());
        var transactions = transactions(desk.pool(), wakes);
        assertThatThrownBy(() -> transactions.run(Cause.none(), tx -> {
                    tx.write("insert into nowhere values (1)");
                    tx.publish(new Noted("k", 1));
                }))
                .hasMessageContaining("nowhere");
        assertThatThrownBy(() -> transactions.run(Cause.none(), tx -> {
                    tx.publish(new Noted("k", 1));
                    throw new IllegalStateException();
                }))
                .isInstanceOf(IllegalStateException.class);
        transactions.run(Cause.none(), tx -> tx.write("insert into note values ('silent', 1)"));
        assertThat(wakes.told()).isEmpty();
        transactions.run(Cause.none(), tx -> tx.publish(new Noted("k", 1)));
        assertThat(wakes.told()).containsExactly("appended, event loop: true");
        wakes.told().clear();
        transactions.run(Cause.none(), tx -> tx.sendAt(Instant.now(), new Keep("k", 1)));
        assertThat(wakes.told()).containsExactly("scheduled, event loop: true");
    }

    private static long count(String table) {
        return desk.sql()
                .find("select count(*) as count from " + table, row -> row.getLong("count"))
                .orElseThrow();
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
