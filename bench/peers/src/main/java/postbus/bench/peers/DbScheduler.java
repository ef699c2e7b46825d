package postbus.bench.peers;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import postbus.bench.subject.Order;
import postbus.bench.subject.Subject;

/**
 * A task for each message, due at once. The scheduler polls, and is told to look after each commit. Effect and deletion of
 * the task are two transactions.
 */
final class DbScheduler implements Subject {
    /** As its documentation has it for Postgres. */
    private static final String TABLE = """
            create table scheduled_tasks (
                task_name            text        not null,
                task_instance        text        not null,
                task_data            bytea,
                execution_time       timestamptz not null,
                picked               boolean     not null,
                picked_by            text,
                last_success         timestamptz,
                last_failure         timestamptz,
                consecutive_failures int,
                last_heartbeat       timestamptz,
                version              bigint      not null,
                priority             smallint,
                primary key (task_name, task_instance)
            );
            create index execution_time_idx on scheduled_tasks (execution_time);
            create index last_heartbeat_idx on scheduled_tasks (last_heartbeat)
            """;

    private static final double LOWER_LIMIT = 1.0;
    private static final double UPPER_LIMIT = 4.0;
    private static final Duration POLLING = Duration.ofMillis(50);

    private final Site site;
    private final SpringTransactions transactions;
    private final OneTimeTask<String> task;
    private final SchedulerClient client;
    private volatile @Nullable Scheduler scheduler;

    DbScheduler(Site site) {
        this.site = site;
        transactions = new SpringTransactions(site, new DataSourceTransactionManager(site.pool()));
        task = Tasks.oneTime("handle", String.class).execute((instance, context) -> handle(instance.getData()));
        client = SchedulerClient.Builder.create(new TransactionAwareDataSourceProxy(site.pool()), task)
                .build();
    }

    @Override
    public String version() {
        return Site.version(Scheduler.class);
    }

    @Override
    public Map<String, String> settings() {
        var settings = site.settings();
        settings.put(
                "polling",
                "lock-and-fetch " + LOWER_LIMIT + "/" + UPPER_LIMIT + ", every " + POLLING.toMillis() + " ms");
        settings.put("after each commit", "triggerCheckForDueExecutions()");
        settings.put("transaction", "effect and deletion of the task are two");
        settings.put("schedule", "on the producer's connection, by TransactionAwareDataSourceProxy");
        return settings;
    }

    @Override
    public void open() throws SQLException {
        site.tables().create();
        site.tables().execute(TABLE);
    }

    @Override
    public void take(Order order, boolean isTold) {
        transactions.take(order, () -> {
            if (isTold) {
                client.scheduleIfNotExists(
                        task.instance(order.messageId().toString(), Site.json(order)), Instant.now());
            }
        });
        var started = scheduler;
        if (isTold && started != null) {
            started.triggerCheckForDueExecutions();
        }
    }

    @Override
    public void deliver() throws SQLException {
        site.tables().execute("truncate scheduled_tasks");
        var started = Scheduler.create(site.pool(), task)
                .threads(Site.HANDLERS)
                .pollUsingLockAndFetch(LOWER_LIMIT, UPPER_LIMIT)
                .pollingInterval(POLLING)
                .build();
        started.start();
        scheduler = started;
    }

    private void handle(String json) {
        try {
            site.handle(Site.order(json));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
