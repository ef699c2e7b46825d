package postbus.messaging.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.Notes.Noted;
import postbus.messaging.Source;
import postbus.messaging.relay.Relay;
import postbus.messaging.relay.RelayProcess;
import postbus.messaging.trail.Signed;
import postbus.messaging.transaction.Cause;
import postbus.messaging.wire.Wire;
import postbus.postgres.ScratchDatabase;

/** A subscription that is paused beside one that is not, with a relay. */
@Timeout(120)
class PausedFlowTest {
    private static final Signed ANNA = new Signed("anna", "a try");

    private Vertx vertx;
    private Source desk;
    private Source file;
    private Source copy;
    private DurableSubscriber filing;
    private Pauses pauses;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        Wire.register(vertx);
        var database = ScratchDatabase.create();
        desk = new Source(vertx, database, "desk");
        file = new Source(vertx, database, "file");
        copy = new Source(vertx, database, "copy");
        List.of(file, copy)
                .forEach(schema -> schema.ddl("create table kept (nth bigint generated always as identity, n int)"));
        vertx.deployVerticle(new Relay("desk", desk.options(), desk.pool(), RelayProcess.QUICK))
                .await();
        pauses = new Pauses(file.transactions(), "file");
        filing = subscribe(file);
        subscribe(copy);
        publish(1, 20);
        await(() -> kept(file).size() == 20 && kept(copy).size() == 20);
    }

    @AfterEach
    void stop() {
        vertx.close().await();
    }

    @Test
    void a_paused_subscription_waits_while_others_flow_and_then_has_everything_once() {
        pauses.pause("desk", ANNA);
        publish(21, 60);
        await(() -> kept(copy).size() == 60);
        assertThat(kept(file)).hasSize(20);

        pauses.resume("desk", ANNA);
        filing.announceSoon();
        await(() -> kept(file).size() == 60);
        assertThat(kept(file))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(1, 60).boxed().toList());
    }

    @Test
    void a_pause_survives_the_restart_of_its_subscriber_and_of_the_relay() {
        pauses.pause("desk", ANNA);
        filing.stop().await();
        publish(21, 40);
        filing = subscribe(file);
        vertx.deploymentIDs().forEach(id -> vertx.undeploy(id).await());
        vertx.deployVerticle(new Relay("desk", desk.options(), desk.pool(), RelayProcess.QUICK))
                .await();
        await(() -> kept(copy).size() == 40);
        assertThat(kept(file)).hasSize(20);

        pauses.resume("desk", ANNA); // by nobody who could tell: the next announcement does
        await(() -> kept(file).size() == 40);
    }

    private DurableSubscriber subscribe(Source schema) {
        var handlers = new Handlers();
        handlers.add(Noted.class, (noted, tx) -> {
            tx.execute("insert into kept (n) values ($1)", noted.n());
            return Outcome.done();
        });
        var options = new DurableSubscriber.Options(
                schema.name(), null, DurableSubscriber.Start.BEGINNING, false, Duration.ofMillis(200));
        var subscriber = new DurableSubscriber(vertx, schema.transactions(), options, handlers);
        subscriber.start().await();
        return subscriber;
    }

    private void publish(int from, int to) {
        for (int n = from; n <= to; n++) {
            int number = n;
            desk.transactions().run(Cause.none(), tx -> tx.publish(new Noted("key-" + number % 7, number)));
        }
    }

    private static List<Integer> kept(Source schema) {
        return schema.sql().list("select n from kept order by nth", row -> row.getInteger("n"));
    }

    private void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) { // bounded by the timeout of each test
            vertx.timer(20, TimeUnit.MILLISECONDS).await();
        }
    }
}
