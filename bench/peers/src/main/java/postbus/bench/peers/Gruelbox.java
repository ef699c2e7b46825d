package postbus.bench.peers;

import com.gruelbox.transactionoutbox.Dialect;
import com.gruelbox.transactionoutbox.ExecutorSubmitter;
import com.gruelbox.transactionoutbox.Instantiator;
import com.gruelbox.transactionoutbox.Persistor;
import com.gruelbox.transactionoutbox.ThreadLocalContextTransactionManager;
import com.gruelbox.transactionoutbox.TransactionManager;
import com.gruelbox.transactionoutbox.TransactionOutbox;
import com.gruelbox.transactionoutbox.TransactionOutboxEntry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import postbus.bench.subject.Order;
import postbus.bench.subject.Subject;
import postbus.bench.subject.Tables;

/**
 * A call of a method, kept in a table and made from memory straight after the commit. The handler joins the transaction
 * that locks and deletes the entry, so effect and deletion commit together.
 */
final class Gruelbox implements Subject {
    private static final int QUEUE = 65_536;
    private static final int FLUSH_BATCH = 1_000;
    private static final Duration FLUSH_EVERY = Duration.ofSeconds(1);
    private static final Duration ATTEMPT_FREQUENCY = Duration.ofSeconds(30);

    private final Site site;
    private final ThreadLocalContextTransactionManager transactions;
    private final TransactionOutbox outbox;
    private volatile boolean isDelivering;

    /** What is called; public for the proxy that gruelbox makes of it. */
    public interface Handler {
        void handle(String json) throws SQLException;
    }

    Gruelbox(Site site) {
        this.site = site;
        transactions = TransactionManager.fromDataSource(site.pool());
        var handlers = ExecutorSubmitter.builder()
                .executor(new ThreadPoolExecutor(
                        Site.HANDLERS, Site.HANDLERS, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(QUEUE)))
                .build();
        outbox = TransactionOutbox.builder()
                .transactionManager(transactions)
                .persistor(Persistor.forDialect(Dialect.POSTGRESQL_9))
                .instantiator(Instantiator.using(type -> (Handler) this::handle))
                .submitter((TransactionOutboxEntry entry, Consumer<TransactionOutboxEntry> local) -> {
                    if (isDelivering) {
                        handlers.submit(entry, local);
                    }
                })
                .attemptFrequency(ATTEMPT_FREQUENCY)
                .flushBatchSize(FLUSH_BATCH)
                .build();
    }

    @Override
    public String version() {
        return Site.version(TransactionOutbox.class);
    }

    @Override
    public Map<String, String> settings() {
        var settings = site.settings();
        settings.put("handling", "from memory after commit, queue of " + QUEUE);
        settings.put("transaction", "effect and deletion of the entry in one");
        settings.put("flush", "every " + FLUSH_EVERY.toSeconds() + " s, batch " + FLUSH_BATCH);
        settings.put("attemptFrequency", ATTEMPT_FREQUENCY.toSeconds() + " s");
        settings.put("serializer", "its default (Gson)");
        return settings;
    }

    @Override
    public void open() throws SQLException {
        site.tables().create();
    }

    @Override
    public void take(Order order, boolean isTold) throws SQLException {
        transactions.inTransactionThrows(transaction -> {
            // Registered first, so called before the outbox hands the entry over
            transaction.addPostCommitHook(() -> site.watch().committed(order));
            Tables.insert(transaction.connection(), order);
            if (isTold) {
                outbox.schedule(Handler.class).handle(Site.json(order));
            }
        });
    }

    @Override
    public void deliver() throws SQLException {
        site.tables().execute("truncate txno_outbox");
        isDelivering = true;
        var unused = Executors.newSingleThreadScheduledExecutor()
                .scheduleWithFixedDelay(this::flush, 0, FLUSH_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    @SuppressWarnings("CatchAndPrintStackTrace") // that is the log of this process
    private void flush() {
        try {
            while (outbox.flush()) {}
        } catch (RuntimeException e) {
            e.printStackTrace();
        }
    }

    private void handle(String json) throws SQLException {
        var order = Site.order(json);
        site.watch().handled(order);
        transactions.requireTransactionReturns(transaction -> {
            Tables.handle(transaction.connection(), order);
            return order;
        });
    }
}
