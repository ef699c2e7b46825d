package postbus.bench.peers;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.modulith.events.ApplicationModuleListener;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.transaction.PlatformTransactionManager;
import postbus.bench.subject.Order;
import postbus.bench.subject.Subject;

/**
 * The event publication registry: a row for each event and listener, the listener called from memory after the commit, and
 * the row deleted when it is done. What a crash leaves behind is sent again at the next start, or by hand.
 */
final class Modulith implements Subject {
    private static final String DELIVERING = "bench.delivering";

    private final Site site;
    private @Nullable Application running;

    private record Application(ConfigurableApplicationContext context, SpringTransactions transactions) {}

    /** Without Namastack, which is on this class path too. */
    @SpringBootConfiguration
    @EnableAutoConfiguration(
            excludeName = {
                "org.springframework.modulith.core.config.ApplicationModuleInitializerRuntimeVerification",
                "org.springframework.modulith.events.config.EventExternalizationAutoConfiguration"
            })
    static class Configuration {
        @Bean
        SpringTransactions transactions(Site site, PlatformTransactionManager transactions) {
            return new SpringTransactions(site, transactions);
        }

        @Bean
        Listener listener(Site site, SpringTransactions transactions) {
            return new Listener(site, transactions);
        }

        @Bean(name = {"applicationTaskExecutor", "taskExecutor"})
        Executor taskExecutor(Environment environment) {
            if (!environment.getRequiredProperty(DELIVERING, Boolean.class)) {
                return task -> {};
            }
            var handlers = new ThreadPoolTaskExecutor();
            handlers.setCorePoolSize(Site.HANDLERS);
            return handlers;
        }
    }

    /** Public, and not final, for the proxy that Spring makes of it. */
    public static class Listener {
        private final Site site;
        private final SpringTransactions transactions;

        Listener(Site site, SpringTransactions transactions) {
            this.site = site;
            this.transactions = transactions;
        }

        @ApplicationModuleListener
        public void on(Order order) {
            site.watch().handled(order);
            transactions.handle(order);
        }
    }

    Modulith(Site site) {
        this.site = site;
    }

    @Override
    public String version() {
        return Site.version(ApplicationModuleListener.class);
    }

    @Override
    public Map<String, String> settings() {
        var settings = site.settings();
        settings.put("handling", "@ApplicationModuleListener, from memory after commit");
        settings.put("events.completion-mode", "delete");
        settings.put("transaction", "effect and deletion of the publication are two");
        settings.put("serializer", "its starter's (Jackson)");
        return settings;
    }

    @Override
    public void open() throws SQLException {
        site.tables().create();
        running = start(false);
    }

    private Application start(boolean isDelivering) {
        var properties = new HashMap<String, Object>();
        properties.put("namastack.outbox.enabled", false);
        properties.put("spring.modulith.events.jdbc.schema-initialization.enabled", true);
        properties.put("spring.modulith.events.completion-mode", "delete");
        properties.put(DELIVERING, isDelivering);
        var context = SpringApplications.start(site, Configuration.class, properties);
        return new Application(context, context.getBean(SpringTransactions.class));
    }

    @Override
    public void take(Order order, boolean isTold) {
        var application = running();
        application.transactions.take(order, () -> {
            if (isTold) {
                application.context.publishEvent(order);
            }
        });
    }

    @Override
    public void deliver() throws SQLException {
        running().context.close();
        site.tables().execute("truncate event_publication");
        running = start(true);
    }

    private Application running() {
        if (running == null) {
            throw new IllegalStateException("not open");
        }
        return running;
    }
}
