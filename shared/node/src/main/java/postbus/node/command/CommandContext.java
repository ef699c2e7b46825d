package postbus.node.command;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.sqlclient.Pool;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import postbus.messaging.outbox.Outbox;
import postbus.messaging.service.ServiceContext;
import postbus.messaging.transaction.Transactions;
import postbus.messaging.transaction.Wake;
import postbus.node.Database;
import postbus.node.Settings;
import postbus.node.Sharding;

/** What a command works with. It connects to nothing before it is asked for it. For one thread, which may block. */
public final class CommandContext implements AutoCloseable {
    /** Nobody to wake: this process is in no cluster. What is committed is found by the next tick. */
    private static final Wake NOBODY = new Wake() {
        @Override
        public void appended() {}

        @Override
        public void scheduled() {}
    };

    private final String service;
    private final Supplier<Settings> settings;
    private final BufferedReader in;
    private final PrintWriter out;
    private final Progress progress;
    private final Map<String, Pool> pools = new HashMap<>();
    private @Nullable Vertx vertx;

    /** @param settings read when a command needs them, so that help needs none */
    CommandContext(String service, Supplier<Settings> settings, BufferedReader in, PrintWriter out, Progress progress) {
        this.service = service;
        this.settings = settings;
        this.in = in;
        this.out = out;
        this.progress = progress;
    }

    /** Whose jar it is; of a service that is split, the shard that the settings name. */
    public String service() {
        return Sharding.source(settings(), service);
    }

    /** Where results go. Logs and complaints go to standard error. */
    public PrintWriter out() {
        return out;
    }

    /** Where a person sees how far long work is. */
    public Progress progress() {
        return progress;
    }

    /** The settings of the service; one that is wrong ends the command with exit code 2. */
    public Settings settings() {
        return settings.get();
    }

    /** Transactions on the service's own schema. */
    public Transactions transactions() {
        return transactions(service());
    }

    /** Transactions on a schema. */
    public Transactions transactions(String schema) {
        var outbox = new Outbox(ServiceContext.MESSAGE_BYTES_MAX);
        return new Transactions(vertx().getOrCreateContext(), schema, pool(schema), outbox, Clock.systemUTC(), NOBODY);
    }

    /** The pool on a schema, closed with this. */
    public Pool pool(String schema) {
        return pools.computeIfAbsent(schema, name -> Database.of(settings()).pool(vertx(), name));
    }

    /** Asks on the terminal; only the word yes is a yes, and the end of input is a no. */
    public boolean confirm(String question) {
        out.print(question + " Type yes to go on: ");
        out.flush();
        try {
            var answer = in.readLine();
            return answer != null && answer.strip().equals("yes");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the answer", e);
        }
    }

    private Vertx vertx() {
        if (vertx == null) {
            vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        }
        return vertx;
    }

    @Override
    public void close() {
        if (vertx != null) {
            vertx.close().await(); // and with it the pools it carries
        }
    }
}
