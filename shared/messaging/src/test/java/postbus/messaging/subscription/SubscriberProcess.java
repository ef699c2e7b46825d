package postbus.messaging.subscription;

import io.vertx.core.Vertx;
import java.time.Duration;
import postbus.messaging.ChildJvm;
import postbus.messaging.ClusteredVertx;
import postbus.messaging.Notes.Noted;
import postbus.messaging.Source;

/**
 * The subscription {@code file} in a JVM of its own: CLUSTER DATABASE_URL STOP, where STOP is {@code before-reply} or
 * {@code never}. It counts every application, so that a second one would show.
 */
public final class SubscriberProcess {
    private SubscriberProcess() {}

    public static void main(String[] arguments) {
        var vertx = ClusteredVertx.join(arguments[0]);
        Runnable beforeReply = arguments[2].equals("before-reply") ? () -> ChildJvm.stopAt("COMMITTED") : () -> {};
        subscriber(vertx, new Source(vertx, arguments[1], "file"), beforeReply)
                .start()
                .await();
        System.out.println("READY");
    }

    public static DurableSubscriber subscriber(Vertx vertx, Source file, Runnable beforeReply) {
        var handlers = new Handlers();
        handlers.add(Noted.class, (noted, tx) -> {
            tx.execute("insert into kept (key, n) values ($1, $2)", noted.key(), noted.n());
            return Outcome.done();
        });
        var options = new DurableSubscriber.Options(
                "file", null, DurableSubscriber.Start.BEGINNING, false, Duration.ofMillis(300));
        return new DurableSubscriber(
                vertx,
                file.transactions(),
                options,
                handlers,
                Waits.of(vertx),
                DurableSubscriber.virtualThreads("file"),
                beforeReply);
    }
}
