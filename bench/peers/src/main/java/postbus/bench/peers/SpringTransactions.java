package postbus.bench.peers;

import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.core.Ordered;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;
import postbus.bench.subject.Order;
import postbus.bench.subject.Tables;
import postbus.bench.subject.Watch;

/** The business transaction as Spring has it. */
final class SpringTransactions {
    private final DataSource pool;
    private final Watch watch;
    private final TransactionTemplate template;

    private interface Statement {
        void execute(java.sql.Connection connection) throws SQLException;
    }

    SpringTransactions(Site site, PlatformTransactionManager transactions) {
        this.pool = site.pool();
        this.watch = site.watch();
        this.template = new TransactionTemplate(transactions);
    }

    /** @param publish done within the transaction, after the order was inserted */
    void take(Order order, Runnable publish) {
        template.executeWithoutResult(status -> {
            TransactionSynchronizationManager.registerSynchronization(new First(watch, order));
            joined(connection -> Tables.insert(connection, order));
            publish.run();
        });
    }

    /** The effect, within the transaction that runs on this thread. */
    void handle(Order order) {
        joined(connection -> Tables.handle(connection, order));
    }

    private void joined(Statement statement) {
        var connection = DataSourceUtils.getConnection(pool);
        try {
            statement.execute(connection);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } finally {
            DataSourceUtils.releaseConnection(connection, pool);
        }
    }

    /** Takes the time of the commit before anybody else is told of it. */
    private record First(Watch watch, Order order) implements TransactionSynchronization, Ordered {
        @Override
        public int getOrder() {
            return HIGHEST_PRECEDENCE;
        }

        @Override
        public void afterCommit() {
            watch.committed(order);
        }
    }
}
