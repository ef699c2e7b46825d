package postbus.messaging.subscription;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import postbus.messaging.ChildJvm;
import postbus.messaging.ClusteredVertx;
import postbus.messaging.MessageJson;
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
        MessageHandler keep = (message, tx) -> {
            var noted = MessageJson.read(message.data(), Noted.class);
            tx.execute("insert into kept (key, n) values ($1, $2)", noted.key(), noted.n());
        };
        var options = new DurableSubscriber.Options(
                "file", null, DurableSubscriber.Start.BEGINNING, false, Duration.ofMillis(300));
        return new DurableSubscriber(vertx, file.transactions(), options, Map.of("desk.noted.v1", keep), DurableSubscriber.virtualThreads("file"), beforeReply);
    }
}
