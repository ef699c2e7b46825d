package postbus.messaging.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import postbus.messaging.Notes.Noted;
import postbus.messaging.Source;
import postbus.messaging.retention.Retention;
import postbus.messaging.subscription.DurableSubscriber;
import postbus.messaging.subscription.Handlers;
import postbus.messaging.subscription.Outcome;
import postbus.messaging.transaction.Cause;
import postbus.messaging.wire.Wire;
import postbus.postgres.ScratchDatabase;

/** What a relay tells of how far behind subscriptions are. */
@Timeout(120)
class LagsTest {
    private static final Retention.Options LOOKING_OFTEN =
            new Retention.Options(Duration.ofDays(7), null, Duration.ofHours(24), Duration.ofMillis(200), 100);

    private static String database;

    private Vertx vertx;
    private Source desk;
    private Source file;
    private Relay relay;

    @BeforeAll
    static void makeDatabase() {
        database = ScratchDatabase.create();
    }

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        Wire.register(vertx);
        desk = new Source(vertx, database, "desk");
        file = new Source(vertx, database, "file");
        desk.empty();
        file.empty();
        relay = new Relay("desk", desk.options(), desk.pool(), quick().withRetention(LOOKING_OFTEN));
        vertx.deployVerticle(relay).await();
    }

    /** As {@link RelayProcess#QUICK}, and soon sure that a subscription is away. */
    private static RelayOptions quick() {
        var quick = RelayProcess.QUICK;
        return new RelayOptions(
                quick.tick(),
                quick.helloEvery(),
                quick.batchCountMax(),
                quick.batchBytesMax(),
                quick.cutMax(),
                quick.replyTimeout(),
                quick.backoffMin(),
                quick.backoffMax(),
                Duration.ofSeconds(1),
                quick.sessionTimeout(),
                quick.catchUpReadsMax(),
                quick.retention());
    }

    @AfterEach
    void stop() {
        vertx.close().await();
    }

    @Test
    void a_subscription_that_is_only_registered_is_behind_by_all_that_is_kept_and_since_the_first_of_it() {
        publish(1, 20);
        desk.sql()
                .execute("insert into subscription (name, cursors, announced_at)"
                        + " values ('gone', array_fill(0::bigint, array[8]), now() - interval '1 hour')");
        await(() -> behind("gone") == 20);

        var progress = progress("gone").orElseThrow();
        assertThat(progress.isLive()).isFalse();
        assertThat(progress.silent()).isBetween(Duration.ofHours(1), Duration.ofHours(2));
        assertThat(progress.lanes().stream()
                        .map(Progress.Lane::waitingSince)
                        .filter(Objects::nonNull)
                        .min(Comparator.naturalOrder()))
                .isEqualTo(firstWritten());
        assertThat(relay.status().position()).isEqualTo(20);
    }

    @Test
    void a_subscription_that_keeps_up_is_not_behind_and_one_that_goes_away_is_behind_by_what_comes_then() {
        var subscriber = subscribe();
        publish(1, 30);
        await(() -> progress("file").filter(Progress::isLive).isPresent() && reached("file") == 30);
        await(() -> behind("file") == 0);

        subscriber.stop().await();
        await(() -> progress("file").filter(progress -> !progress.isLive()).isPresent());
        assertThat(behind("file")).isZero();
        publish(31, 35);
        await(() -> behind("file") == 5);
        assertThat(progress("file").orElseThrow().silent()).isGreaterThan(Duration.ofMillis(900));
    }

    @Test
    void a_relay_that_stands_by_knows_nothing() {
        await(() -> relay.status().isActive());
        var standby = new Relay("desk", desk.options(), desk.pool(), quick());
        vertx.deployVerticle(standby).await();
        await(this::hasTriedAndFailedToLead);
        assertThat(standby.status()).isEqualTo(RelayStatus.standby("desk"));
        assertThat(relay.status().isActive()).isTrue();
    }

    /** A session whose last word was the try, which is not so of one that leads. */
    private boolean hasTriedAndFailedToLead() {
        return desk.sql().find("""
                        select 1 from pg_stat_activity
                         where datname = current_database() and application_name = 'postbus relay desk'
                           and state = 'idle' and query like '%pg_try_advisory_lock%'
                        """, row -> row.getInteger(0)).isPresent();
    }

    private DurableSubscriber subscribe() {
        var options = new DurableSubscriber.Options(
                "file", null, DurableSubscriber.Start.BEGINNING, false, Duration.ofMillis(200));
        var handlers = new Handlers();
        handlers.add(Noted.class, (noted, tx) -> Outcome.done());
        var subscriber = new DurableSubscriber(vertx, file.transactions(), options, handlers);
        subscriber.start().await();
        return subscriber;
    }

    private void publish(int from, int to) {
        for (int n = from; n <= to; n++) {
            int number = n;
            desk.transactions().run(Cause.none(), tx -> tx.publish(new Noted("key-" + number % 20, number)));
        }
    }

    private Optional<Progress> progress(String name) {
        return relay.status().subscriptions().stream()
                .filter(progress -> progress.subscription().equals(name))
                .findFirst();
    }

    private long behind(String name) {
        return progress(name)
                .map(progress -> progress.lanes().stream()
                        .mapToLong(Progress.Lane::behind)
                        .sum())
                .orElse(-1L);
    }

    /** The furthest cursor of all lanes. */
    private long reached(String name) {
        return progress(name)
                .map(progress -> progress.lanes().stream()
                        .mapToLong(Progress.Lane::cursor)
                        .max()
                        .orElse(0))
                .orElse(0L);
    }

    private Optional<Instant> firstWritten() {
        return desk.sql()
                .find(
                        "select min(time) as time from outbox",
                        row -> row.getOffsetDateTime("time").toInstant());
    }

    private void await(Supplier<Boolean> condition) {
        while (!condition.get()) { // bounded by the timeout of each test
            vertx.timer(20, TimeUnit.MILLISECONDS).await();
        }
    }
}
