package postbus.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import postbus.messaging.schema.Migrations;
import postbus.postgres.ScratchDatabase;

/** Each check says nothing about a small shop where all is right, and catches what is then put wrong in it. */
class CheckTest {
    private static final String SHIPPED = "00000000-0000-0000-0000-000000000001";
    private static final String CANCELLED = "00000000-0000-0000-0000-000000000002";
    private static final String STRAY = "00000000-0000-0000-0000-000000000003";

    private static Connection connection;

    @BeforeAll
    static void open() throws SQLException {
        var jdbcUrl = ScratchDatabase.create().replace("postgresql://postgres:postgres@", "jdbc:postgresql://");
        var postgres = new Properties();
        postgres.setProperty("user", "postgres");
        postgres.setProperty("password", "postgres");
        for (var schema : Books.SCHEMAS) {
            Migrations.migrate(jdbcUrl, postgres, schema, true);
        }
        connection = DriverManager.getConnection(jdbcUrl, postgres);
        connection.setAutoCommit(false);
        Books.open(connection);
        Books.addDelivered(connection, List.of("mug"), 10);
        Books.addAccepted(connection, Map.of("a", SHIPPED, "b", CANCELLED));
        placed(SHIPPED, 2, 500);
        ended(SHIPPED, "shipped");
        placed(CANCELLED, 1, 250);
        ended(CANCELLED, "cancelled");
        run("insert into inventory.shelf values ('mug', 8, 0)");
        run("insert into inventory.reservation values ('%s', 'shipped', now())".formatted(SHIPPED));
        run("insert into shipping.dispatch values ('%s', 'dispatched', null, 'T1', now())".formatted(SHIPPED));
        run("""
                insert into payment.payment (order_id, state, amount, currency, payment_token, correlation_id)
                values ('%s', 'taken', 500, 'EUR', 'tok', gen_random_uuid()),
                       ('%s', 'refunded', 250, 'EUR', 'tok', gen_random_uuid())
                """.formatted(SHIPPED, CANCELLED));
        run("""
                insert into payment.simulated_charge (idempotency_key, outcome, charged, refunded, currency)
                values ('order-%s', 'charged', 500, 0, 'EUR'), ('order-%s', 'charged', 250, 250, 'EUR')
                """.formatted(SHIPPED, CANCELLED));
        connection.commit();
    }

    @AfterAll
    static void close() throws SQLException {
        connection.close();
    }

    @AfterEach
    void forget() throws SQLException {
        connection.rollback();
    }

    private static void run(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void placed(String orderId, int quantity, int total) throws SQLException {
        run("insert into ordering.order_event values ('%s', 1, 'placed', '{}', now())".formatted(orderId));
        publish(orderId, "placed", """
                {"lines":[{"sku":"mug","quantity":%d}],"total":{"amount":%d,"currency":"EUR"}}
                """.formatted(quantity, total));
    }

    private static void ended(String orderId, String type) throws SQLException {
        run("insert into ordering.order_event values ('%s', 2, '%s', '{}', now())".formatted(orderId, type));
        publish(orderId, type, "{}");
        run("insert into tracking.order_fact values ('%s', gen_random_uuid(), 'ordering.order-%s.v1', now())"
                .formatted(orderId, type));
    }

    /** An event of ordering, with the next position, applied by the auditor. */
    private static void publish(String orderId, String type, String data) throws SQLException {
        write(orderId, type, data);
        cut();
        run("""
                insert into auditor.application (source, message_id, type, key)
                select 'ordering', message_id, type, key from ordering.outbox order by id desc limit 1
                """);
        moveCursor("auditor");
    }

    private static void write(String orderId, String type, String data) throws SQLException {
        run("""
                insert into ordering.outbox (message_id, type, key, time, correlation_id, data)
                values (gen_random_uuid(), 'ordering.order-%s.v1', '%s', now(), gen_random_uuid(), convert_to('%s', 'UTF8'))
                """.formatted(type, orderId, data.strip()));
    }

    private static void cut() throws SQLException {
        run("update ordering.ledger_head set position = position + 1");
        run("""
                insert into ordering.ledger (lane, position, tx, id)
                select 0, h.position, o.tx, o.id from ordering.ledger_head h, ordering.outbox o order by o.id desc limit 1
                """);
    }

    private static void moveCursor(String subscription) throws SQLException {
        run("""
                insert into %1$s.subscription_cursor (subscription, source, lane, position)
                values ('%1$s', 'ordering', 0, 0) on conflict do nothing
                """.formatted(subscription));
        run("""
                update %s.subscription_cursor set position = (select position from ordering.ledger_head)
                """.formatted(subscription));
    }

    private static Set<Check> wrong() throws SQLException {
        var wrong = EnumSet.noneOf(Check.class);
        for (var check : Check.values()) {
            if (!check.violations(connection).isEmpty()) {
                wrong.add(check);
            }
        }
        return wrong;
    }

    private static List<String> violations(Check check) throws SQLException {
        return new ArrayList<>(check.violations(connection));
    }

    @Test
    void nothing_is_wrong_where_all_is_right() throws SQLException {
        for (var check : Check.values()) {
            assertThat(check.violations(connection)).as(check.promise()).isEmpty();
        }
    }

    @Test
    void an_order_that_has_not_ended() throws SQLException {
        run("delete from ordering.order_event where stream = '%s' and version = 2".formatted(CANCELLED));
        assertThat(violations(Check.ORDERS_SETTLED)).containsExactly("order " + CANCELLED + " is placed");
    }

    @Test
    void an_order_that_ended_twice() throws SQLException {
        run("insert into ordering.order_event values ('%s', 3, 'shipped', '{}', now())".formatted(CANCELLED));
        assertThat(violations(Check.ORDERS_SETTLED)).containsExactly("order " + CANCELLED + " is ended 2 times");
    }

    @Test
    void an_accepted_order_that_is_not_there() throws SQLException {
        Books.addAccepted(connection, Map.of("c", STRAY));
        assertThat(violations(Check.ORDERS_SETTLED)).containsExactly("order " + STRAY + " is unknown");
        assertThat(violations(Check.ORDERS_ONCE))
                .containsExactly("order " + STRAY + ": accepted 1 times, placed 0 times");
    }

    @Test
    void an_order_that_nobody_was_told_of() throws SQLException {
        run("insert into ordering.order_event values ('%s', 1, 'placed', '{}', now())".formatted(STRAY));
        assertThat(violations(Check.ORDERS_ONCE))
                .containsExactly("order " + STRAY + ": accepted 0 times, placed 1 times");
    }

    @Test
    void an_order_id_that_was_given_twice() throws SQLException {
        Books.addAccepted(connection, Map.of("c", SHIPPED));
        assertThat(violations(Check.ORDERS_ONCE))
                .containsExactly("order " + SHIPPED + ": accepted 2 times, placed 1 times");
    }

    @Test
    void a_message_without_a_position() throws SQLException {
        write(SHIPPED, "paid", "{}");
        assertThat(violations(Check.CUT_ONCE)).singleElement().asString().endsWith("has no position");
        assertThat(violations(Check.APPLIED_ONCE)).singleElement().asString().endsWith("applied 0 times");
    }

    @Test
    void a_message_with_two_positions() throws SQLException {
        cut();
        assertThat(violations(Check.CUT_ONCE)).singleElement().asString().endsWith("has 2 positions");
    }

    @Test
    void a_position_of_nothing() throws SQLException {
        run("delete from ordering.outbox where id = (select max(id) from ordering.outbox)");
        assertThat(violations(Check.CUT_ONCE))
                .singleElement()
                .asString()
                .endsWith("has a position and is not in the outbox");
        assertThat(violations(Check.APPLIED_ONCE)).singleElement().asString().endsWith("never committed");
    }

    @Test
    void a_gap_a_double_and_a_lost_end_of_positions() throws SQLException {
        run("delete from ordering.ledger where position = 2");
        assertThat(violations(Check.POSITIONS)).containsExactly("ordering position 1 is followed by 3");
        connection.rollback();
        run("insert into ordering.ledger select 1, position, tx, id from ordering.ledger where position = 2");
        assertThat(violations(Check.POSITIONS)).containsExactly("ordering position 2 is followed by 2");
        connection.rollback();
        run("delete from ordering.ledger where position = 4");
        assertThat(violations(Check.POSITIONS)).containsExactly("ordering position 3 is followed by 5");
    }

    @Test
    void messages_of_a_key_cut_out_of_order() throws SQLException {
        run("update ordering.ledger set position = 100 where position = 1");
        run("update ordering.ledger set position = 1 where position = 2");
        run("update ordering.ledger set position = 2 where position = 100");
        assertThat(wrong()).contains(Check.KEYS_IN_ORDER);
        assertThat(violations(Check.KEYS_IN_ORDER))
                .containsExactly("ordering key " + SHIPPED + ": position 2 was written before position 1");
    }

    @Test
    void an_event_that_was_applied_twice() throws SQLException {
        run("""
                insert into auditor.application (source, message_id, type, key)
                select source, message_id, type, key from auditor.application where nth = 4
                """);
        assertThat(violations(Check.APPLIED_ONCE)).singleElement().asString().endsWith("applied 2 times");
        assertThat(wrong()).containsExactly(Check.APPLIED_ONCE);
    }

    @Test
    void an_event_that_was_not_applied() throws SQLException {
        run("delete from auditor.application where nth = 1");
        assertThat(violations(Check.APPLIED_ONCE)).singleElement().asString().endsWith("applied 0 times");
        assertThat(wrong()).containsExactly(Check.APPLIED_ONCE);
    }

    @Test
    void events_of_a_key_applied_out_of_order() throws SQLException {
        run("""
                insert into auditor.application (source, message_id, type, key)
                select source, message_id, type, key from auditor.application where nth = 1
                """);
        run("delete from auditor.application where nth = 1");
        assertThat(violations(Check.APPLIED_IN_ORDER))
                .containsExactly("ordering key " + SHIPPED + ": position 1 was applied after position 2");
        assertThat(wrong()).containsExactly(Check.APPLIED_IN_ORDER);
    }

    @Test
    void a_cursor_that_went_back_and_over_its_messages_again() throws SQLException {
        run("update auditor.subscription_cursor set position = 2");
        moveCursor("auditor");
        assertThat(violations(Check.CURSORS_CONNECTED))
                .containsExactly("auditor on ordering lane 0: went from 4 to 2, but was at 4");
        assertThat(wrong()).containsExactly(Check.CURSORS_CONNECTED);
    }

    @Test
    void a_cursor_that_skipped_messages() throws SQLException {
        run("alter table auditor.subscription_cursor disable trigger note_cursor_move");
        run("update auditor.subscription_cursor set position = 1");
        run("alter table auditor.subscription_cursor enable trigger note_cursor_move");
        moveCursor("auditor");
        assertThat(violations(Check.CURSORS_CONNECTED))
                .containsExactly("auditor on ordering lane 0: went from 1 to 4, but was at 4");
    }

    @Test
    void a_subscription_that_is_behind() throws SQLException {
        run("insert into tracking.subscription_cursor values ('tracking', 'ordering', 0, 3)");
        assertThat(violations(Check.CURSORS_AT_END))
                .containsExactly("tracking on ordering lane 0: is at 3, the lane ends at 4");
    }

    @Test
    void a_message_that_is_parked() throws SQLException {
        run("""
                insert into tracking.parked_message (subscription, source, position, lane, message_id, type, key, time,
                    correlation_id, data, state, holds_key, reason, attempts, next_attempt_at, error, parked_at)
                values ('tracking', 'ordering', 4, 0, gen_random_uuid(), 'x', 'k', now(), gen_random_uuid(), '', 'dead',
                    true, 'failed', 5, now(), 'boom', now())
                """);
        assertThat(violations(Check.NOTHING_PARKED))
                .containsExactly("tracking on ordering position 4 x is dead, failed: boom");
    }

    @Test
    void a_command_for_later_that_did_not_come() throws SQLException {
        run("""
                insert into shipping.scheduled (message_id, due_at, type, key, recipient, correlation_id, data)
                values ('%s', '2026-01-01', 'x', 'k', 'shipping', gen_random_uuid(), '')
                """.formatted(STRAY));
        assertThat(violations(Check.NOTHING_OVERDUE))
                .singleElement()
                .asString()
                .startsWith("shipping command " + STRAY);
    }

    @Test
    void stock_that_is_lost_found_or_still_promised() throws SQLException {
        for (var shelf : List.of("7, reserved = 0", "9, reserved = 0", "8, reserved = 1")) {
            run("update inventory.shelf set on_hand = %s".formatted(shelf));
            assertThat(wrong()).containsExactly(Check.STOCK);
        }
    }

    @Test
    void money_that_was_not_taken_or_not_given_back() throws SQLException {
        run("update payment.payment set state = 'declined' where order_id = '%s'".formatted(SHIPPED));
        assertThat(violations(Check.MONEY))
                .containsExactly("order " + SHIPPED + " is shipped and costs 500; payment holds 0, the provider 500");
        connection.rollback();
        run("update payment.simulated_charge set refunded = 0 where idempotency_key = 'order-%s'".formatted(CANCELLED));
        assertThat(violations(Check.MONEY))
                .containsExactly(
                        "order " + CANCELLED + " is not shipped and costs 250; payment holds 0, the provider 250");
    }

    @Test
    void services_that_do_not_agree() throws SQLException {
        run("delete from tracking.order_fact where order_id = '%s'".formatted(CANCELLED));
        run("delete from shipping.dispatch");
        assertThat(violations(Check.AGREEMENT))
                .containsExactly(
                        "order " + SHIPPED
                                + " is shipped in ordering; in inventory shipped, in shipping nothing, in tracking the same",
                        "order " + CANCELLED
                                + " is cancelled in ordering; in inventory nothing, in shipping nothing, in tracking nothing");
    }
}
