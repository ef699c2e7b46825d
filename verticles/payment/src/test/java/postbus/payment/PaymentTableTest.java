package postbus.payment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import postbus.testkit.TestNode;

class PaymentTableTest {
    private static final TestNode node = TestNode.start(PaymentMain.SERVICE);

    @AfterAll
    static void close() {
        node.close();
    }

    @Test
    void due_payments_are_found_by_index_among_many_that_are_done() {
        var sql = node.sql("payment");
        sql.execute("""
                insert into payment (order_id, state, amount, currency, payment_token, due_at, correlation_id)
                select gen_random_uuid(), case when i % 100 = 0 then 'requested' else 'taken' end, 1, 'EUR', 'tok_ok',
                       case when i % 100 = 0 then now() + interval '1 hour' end, gen_random_uuid()
                  from generate_series(1, 20000) as i
                """);
        sql.execute("analyze payment");
        var plan = String.join("\n", sql.list("explain " + PaymentTable.TAKE, row -> row.getString(0), 16, 1_000L));
        assertThat(plan).contains("payment_due").doesNotContain("Seq Scan");
    }
}
