package postbus.messaging.relay;

import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import java.time.Duration;
import postbus.messaging.ChildJvm;
import postbus.messaging.ClusteredVertx;
import postbus.messaging.retention.Retention;

/** A relay for {@code desk} in a JVM of its own: CLUSTER DATABASE_URL STOP, where STOP is {@code after-cut} or {@code never}. */
public final class RelayProcess {
    /** Quick to notice what is lost. */
    public static final RelayOptions QUICK = new RelayOptions(
            Duration.ofMillis(300),
            Duration.ofMillis(300),
            10,
            256 * 1024,
            1_000,
            Duration.ofSeconds(1),
            Duration.ofMillis(20),
            Duration.ofMillis(500),
            Duration.ofSeconds(15),
            Duration.ofSeconds(5),
            2,
            Retention.Options.DEFAULT);

    private RelayProcess() {}

    public static void main(String[] arguments) {
        var vertx = ClusteredVertx.join(arguments[0]);
        Runnable afterCut = arguments[2].equals("after-cut") ? () -> ChildJvm.stopAt("CUT") : () -> {};
        vertx.deployVerticle(relay(vertx, arguments[1], afterCut)).await();
        System.out.println("READY");
    }

    /** A relay for the schema {@code desk}. */
    public static Relay relay(Vertx vertx, String databaseUrl, Runnable afterCut) {
        var options = PgConnectOptions.fromUri(databaseUrl).addProperty("search_path", "desk");
        var pool = PgBuilder.pool()
                .connectingTo(Relay.readerOptions(options))
                .using(vertx)
                .build();
        return new Relay("desk", options, pool, QUICK, afterCut);
    }
}
