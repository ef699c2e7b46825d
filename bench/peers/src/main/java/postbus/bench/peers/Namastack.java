package postbus.bench.peers;

import io.namastack.outbox.Outbox;
import io.namastack.outbox.handler.OutboxRecordMetadata;
import io.namastack.outbox.handler.OutboxTypedHandler;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.transaction.PlatformTransactionManager;
import postbus.bench.subject.Order;
import postbus.bench.subject.Subject;

/**
 * Keys are polled in batches, and each is handed to a pool of threads; an order's id is the key. Effect and deletion of the
 * record are two transactions.
 */
final class Namastack implements Subject {
    private static final String PREFIX = "namastack.outbox.";

    private final Site site;
    private @Nullable Application running;

    private record Application(
            ConfigurableApplicationContext context, Outbox outbox, SpringTransactions transactions) {}

    /** Without Spring Modulith, which is on this class path too. */
    @SpringBootConfiguration
    @EnableAutoConfiguration(
            excludeName = {
                "org.springframework.modulith.events.config.EventPublicationAutoConfiguration",
                "org.springframework.modulith.events.config.EventExternalizationAutoConfiguration",
                "org.springframework.modulith.events.jdbc.JdbcEventPublicationAutoConfiguration",
                "org.springframework.modulith.core.config.ApplicationModuleInitializerRuntimeVerification"
            })
    static class Configuration {
        @Bean
        Handler handler(Site site) {
            return new Handler(site);
        }
    }

    /** Public for Namastack, which looks for such beans. */
    public static final class Handler implements OutboxTypedHandler<Order> {
        private final Site site;

        Handler(Site site) {
            this.site = site;
        }

        @Override
        public void handle(Order order, OutboxRecordMetadata metadata) {
            try {
                site.handle(order);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    Namastack(Site site) {
        this.site = site;
    }

    @Override
    public String version() {
        return Site.version(Outbox.class);
    }

    @Override
    public Map<String, String> settings() {
        var settings = site.settings();
        settings.put("polling.trigger", "fixed");
        settings.put("polling.fixed.interval", "2ms");
        settings.put("polling.batch-size", "2000");
        settings.put("processing.delete-completed-records", "true");
        settings.put("processing.stop-on-first-failure", "false");
        settings.put("key", "the order's id");
        settings.put("transaction", "effect and deletion of the record are two");
        return settings;
    }

    @Override
    public void open() throws SQLException {
        site.tables().create();
        running = start("1h");
    }

    private Application start(String interval) {
        var properties = new HashMap<String, Object>();
        properties.put(PREFIX + "polling.trigger", "fixed");
        properties.put(PREFIX + "polling.fixed.interval", interval);
        properties.put(PREFIX + "polling.batch-size", 2_000);
        properties.put(PREFIX + "processing.executor-core-pool-size", Site.HANDLERS);
        properties.put(PREFIX + "processing.executor-max-pool-size", Site.HANDLERS);
        properties.put(PREFIX + "processing.delete-completed-records", true);
        properties.put(PREFIX + "processing.stop-on-first-failure", false);
        properties.put(PREFIX + "multicaster.enabled", false);
        var context = SpringApplications.start(site, Configuration.class, properties);
        return new Application(
                context,
                context.getBean(Outbox.class),
                new SpringTransactions(site, context.getBean(PlatformTransactionManager.class)));
    }

    @Override
    public void take(Order order, boolean isTold) {
        var application = running();
        application.transactions.take(order, () -> {
            if (isTold) {
                application.outbox.schedule(order, order.orderId().toString());
            }
        });
    }

    @Override
    public void deliver() throws SQLException {
        running().context.close();
        site.tables().execute("truncate outbox_record");
        running = start("2ms");
    }

    private Application running() {
        if (running == null) {
            throw new IllegalStateException("not open");
        }
        return running;
    }
}
