package postbus.messaging.relay;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.ledger.Ledger;
import postbus.messaging.outbox.Schedule;
import postbus.messaging.retention.Retention;
import postbus.messaging.wire.Addresses;
import postbus.messaging.wire.Announcement;
import postbus.messaging.wire.Follow;
import postbus.messaging.wire.Reading;
import postbus.messaging.wire.RelayHello;

/**
 * The relay of one source: standby until it holds the source's advisory lock, then active until its session ends. The
 * session that holds the lock is the one that cuts, so whoever lost the lock cannot cut either.
 *
 * <pre>
 *   standby --lock--> active: wake or tick --> cut --> new heads --> every lane of every subscription: deliver
 *      ^                 |
 *      +-- session lost -+
 * </pre>
 *
 * Event loop.
 */
public final class Relay extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(Relay.class);

    /** Standbys keep their session open, under the same name. */
    private static final String HAS_STANDBY = """
            select exists (select from pg_stat_activity
                            where datname = current_database() and pid <> pg_backend_pid()
                              and application_name = current_setting('application_name')) as has_standby
            """;

    private static final String TRY_LOCK = """
            select pg_try_advisory_lock(hashtextextended('postbus.relay.' || $1, 0)) as is_active
            """;

    private static final int RELEASE_MAX = 1_000;
    /**
     * A cut rests before the next one for a millisecond for so many messages that it found beyond those that come
     * together anyhow. A cut, and each batch that follows from it, costs a transaction however few messages there are;
     * so the more there are, the more are gathered, and when it is quiet nothing waits.
     */
    private static final int MESSAGES_A_MS_OF_REST = 2;

    private static final int MESSAGES_WITHOUT_REST = 8;
    private static final Duration REST_MAX = Duration.ofMillis(20);
    /** The longest a statement may take: a cut that finds a backlog of millions. */
    private static final Duration STATEMENT_MAX = Duration.ofMinutes(2);
    /** After which an answer is not to be expected: the server is gone without a word. */
    private static final Duration ANSWER_MAX = STATEMENT_MAX.plusSeconds(10);

    /** The longest it may take to settle a ledger that was moved: Postgres gives up after an hour. */
    private static final Duration SETTLE_MAX = Duration.ofMinutes(61);

    private final String source;
    private final Sessions sessions;
    private final Pool pool;
    private final RelayOptions options;
    private final Ledger ledger;
    private final Function<Vertx, Timers> clock;
    private final Runnable afterCut;

    private final List<MessageConsumer<?>> consumers = new ArrayList<>();
    private Timers timers;
    private String term = "";
    private String reported = "";
    private @Nullable PgConnection session;
    /** While it leads. */
    private @Nullable Delivery delivery;

    private @Nullable Followers followers;
    private @Nullable Housekeeping housekeeping;
    private @Nullable Lags lags;
    private volatile RelayStatus status;
    private volatile List<Retention.Registered> registered = List.of();

    private boolean isSeeking;
    private boolean isYielding;
    private boolean isStopping;
    private boolean isCutting;
    private long cuttingSinceNanos;
    private boolean isCutWanted;
    private boolean isResting;
    private boolean isDoubting;
    private boolean isReleasing;
    private boolean isReleaseWanted;
    private long dueTimer = -1;

    /**
     * @param source whose messages it relays; its schema must be the {@code search_path} of database and pool
     * @param database where the session that leads and cuts is opened
     * @param pool for reading batches; owned by the caller. Use {@link #readerOptions}
     */
    public Relay(String source, PgConnectOptions database, Pool pool, RelayOptions options) {
        this(source, database, pool, options, () -> {});
    }

    /** @param afterCut runs between cut and delivery: where a fault test kills the process */
    Relay(String source, PgConnectOptions database, Pool pool, RelayOptions options, Runnable afterCut) {
        this(source, Sessions.of(leaderOptions(source, database, options)), pool, options, Timers::of, afterCut);
    }

    /** With sessions and time of the caller's own. */
    Relay(
            String source,
            Sessions sessions,
            Pool pool,
            RelayOptions options,
            Function<Vertx, Timers> clock,
            Runnable afterCut) {
        this.source = source;
        this.sessions = sessions;
        this.pool = pool;
        this.options = options;
        this.ledger = new Ledger(source, options.cutMax());
        this.clock = clock;
        this.afterCut = afterCut;
        this.status = RelayStatus.standby(source);
    }

    private static PgConnectOptions leaderOptions(String source, PgConnectOptions database, RelayOptions options) {
        return readerOptions(database)
                .addProperty(
                        "idle_session_timeout",
                        String.valueOf(options.sessionTimeout().toMillis()))
                // A cut must be durable before it is delivered, or a crash could give its positions to other messages
                .addProperty("synchronous_commit", "on")
                .addProperty("statement_timeout", String.valueOf(STATEMENT_MAX.toMillis()))
                .addProperty("application_name", "postbus relay " + source);
    }

    /**
     * Options for connections that read ledgers. A statement prepared while a table was empty would keep the sequential
     * scan chosen then, so scans and joins that read everything are off; with them off, plans look expensive, and the
     * JIT compiler would spend 300 ms on each.
     */
    public static PgConnectOptions readerOptions(PgConnectOptions database) {
        return new PgConnectOptions(database)
                .setCachePreparedStatements(true)
                .addProperty("enable_seqscan", "off")
                .addProperty("enable_hashjoin", "off")
                .addProperty("enable_mergejoin", "off")
                .addProperty("jit", "off");
    }

    @Override
    public Future<?> start() {
        timers = clock.apply(vertx);
        options.observer().leads(source, false);
        seekLeadership();
        vertx.setPeriodic(options.tick().toMillis(), tick -> tick());
        vertx.setPeriodic(options.helloEvery().toMillis(), tick -> hello());
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        isStopping = true;
        return standDown("stopping");
    }

    /** Whether it leads. */
    boolean isActive() {
        return delivery != null;
    }

    /**
     * The subscriptions for which messages are kept, as of a minute ago at most; none while another relay leads. From any
     * thread.
     */
    public List<Retention.Registered> registered() {
        return registered;
    }

    /** As of a tick ago at most. From any thread. */
    public RelayStatus status() {
        return status;
    }

    public String source() {
        return source;
    }

    // Leadership

    /** One attempt at a time: opens a session when there is none, then tries the lock, then takes over. */
    private void seekLeadership() {
        if (isStopping || isActive() || isSeeking || isYielding) {
            return;
        }
        isSeeking = true;
        var sought = timers.within(options.sessionTimeout(), openSession())
                .compose(opened -> timers.within(options.sessionTimeout(), tryLock(opened))
                        .compose(isLocked -> isLocked ? takeOver(opened) : Future.succeededFuture()));
        sought.onComplete(done -> {
            isSeeking = false;
            if (done.failed()) {
                reportOnce(done.cause());
                standDown("no session");
            }
        });
    }

    private Future<Boolean> tryLock(PgConnection opened) {
        return opened.preparedQuery(TRY_LOCK)
                .execute(Tuple.of(source))
                .map(rows -> rows.iterator().next().getBoolean("is_active"));
    }

    private void reportOnce(Throwable failure) {
        var reason = isUndefinedTable(failure) ? "its service has not made the schema yet" : failure.toString();
        if (!reason.equals(reported)) {
            LOG.warn("relay.waiting source={} reason=\"{}\", tried again every {}", source, reason, options.tick());
            reported = reason;
        }
    }

    private static boolean isUndefinedTable(Throwable failure) {
        return failure instanceof PgException pg && "42P01".equals(pg.getSqlState());
    }

    private Future<PgConnection> openSession() {
        if (session != null) {
            return Future.succeededFuture(session);
        }
        return sessions.open(vertx).compose(opened -> {
            if (isStopping || !isSeeking || session != null) {
                return opened.close().compose(late -> Future.failedFuture("the session came too late"));
            }
            session = opened;
            opened.closeHandler(closed -> {
                if (session == opened) {
                    standDown("session lost");
                }
            });
            return Future.succeededFuture(opened);
        });
    }

    /** Of a ledger that was moved here from elsewhere it makes one that can be cut, before it leads. */
    private Future<Void> takeOver(PgConnection leading) {
        return timers.within(options.sessionTimeout(), ledger.isSettled(leading))
                .compose(isSettled -> isSettled
                        ? Future.succeededFuture()
                        : timers.within(SETTLE_MAX, ledger.settle(leading)).onSuccess(this::reportSettled))
                .compose(settled -> timers.within(options.sessionTimeout(), activate(leading)));
    }

    private void reportSettled(Ledger.Settled settled) {
        if (settled.move() != Ledger.Move.NONE) {
            LOG.warn(
                    "ledger.moved source={} how={} cutNow={} position={}: positions go on above all that may have been"
                            + " given elsewhere",
                    source,
                    settled.move(),
                    settled.count(),
                    settled.position());
        }
    }

    private Future<Void> activate(PgConnection session) {
        return ledger.heads(session).compose(found -> {
            if (this.session != session) {
                return Future.failedFuture("the session was given up meanwhile");
            }
            delivery = new Delivery(
                    source,
                    found,
                    new EventBusTransport(vertx.eventBus(), timers, options.replyTimeout()),
                    this::read,
                    timers,
                    options);
            var following = new Followers(source, delivery, this::readEvents, timers);
            followers = following;
            housekeeping = new Housekeeping(source, pool, delivery, timers, options);
            housekeeping.start();
            lags = new Lags(source, pool, delivery, housekeeping, timers);
            lags.start();
            options.observer().leads(source, true);
            updateStatus();
            term = UUID.randomUUID().toString();
            MessageConsumer<Boolean> wakes = vertx.eventBus()
                    .consumer(
                            Addresses.wake(source),
                            Reading.of(Boolean::booleanValue, (isScheduled, message) -> onWake(isScheduled)));
            MessageConsumer<JsonObject> announcements = vertx.eventBus()
                    .consumer(
                            Addresses.announce(source),
                            Reading.of(Announcement::of, (announcement, message) -> onAnnouncement(announcement)));
            MessageConsumer<Object> calls = vertx.eventBus().consumer(Addresses.RELAY_CALL, call -> hello());
            MessageConsumer<JsonObject> follows = vertx.eventBus()
                    .consumer(
                            Addresses.follow(source),
                            Reading.of(Follow::of, (follow, message) -> following.ask(follow.after(), message)));
            consumers.addAll(List.of(wakes, announcements, calls, follows));
            reported = "";
            LOG.info(
                    "relay.active source={} lanes={} position={}",
                    source,
                    found.lanes().size(),
                    found.position());
            cut();
            return Future.all(wakes.completion(), announcements.completion(), calls.completion(), follows.completion())
                    .onSuccess(registered -> hello())
                    .mapEmpty();
        });
    }

    private Future<List<Ledger.Entry>> read(int lane, long after, Ledger.Filter filter, int countMax) {
        return timers.within(
                options.replyTimeout(), ledger.read(pool, lane, after, filter, countMax, options.batchBytesMax()));
    }

    private Future<List<Ledger.Entry>> readEvents(long after, int countMax) {
        return timers.within(options.replyTimeout(), ledger.readEvents(pool, after, countMax, options.batchBytesMax()));
    }

    /**
     * When a cut takes long, perhaps the server is gone without a word, or another took its place. Asks in another
     * session for the lock: who gets it proves that the session that leads does not have it any more.
     */
    private void doubt() {
        var doubted = session;
        var limit = options.sessionTimeout();
        if (isDoubting || !isCutting || timers.nanoTime() - cuttingSinceNanos < limit.toNanos()) {
            return;
        }
        isDoubting = true;
        var opening = sessions.open(vertx);
        var isLost = timers.within(limit, opening.compose(this::tryLock));
        isLost.onComplete(done -> {
            isDoubting = false;
            opening.onSuccess(PgConnection::close); // whenever it comes
            if (done.succeeded() && done.result() && doubted == session) {
                LOG.warn("relay.unanswered source={}: its session has lost the lock, it seeks another", source);
                standDown("session lost without a word");
            }
        });
    }

    /**
     * When it has heard of none of its subscriptions for long, perhaps it is cut off from them, and a standby is not.
     * Leaves the lock to a standby, if there is one, and for so long that each has its turn.
     */
    private void yieldIfAlone() {
        var leading = session;
        var limit = options.subscriptionTtl().multipliedBy(2);
        if (leading == null || delivery == null || registered.isEmpty() || !delivery.isUnheardFor(limit)) {
            return;
        }
        var asked = timers.within(ANSWER_MAX, leading.query(HAS_STANDBY).execute());
        asked.onSuccess(rows -> {
            if (leading == session
                    && delivery != null
                    && delivery.isUnheardFor(limit)
                    && rows.iterator().next().getBoolean("has_standby")) {
                isYielding = true;
                timers.after(options.subscriptionTtl(), () -> isYielding = false);
                standDown("no subscription was heard of for " + limit);
            }
        });
    }

    private Future<Void> standDown(String why) {
        if (delivery != null) {
            LOG.info("relay.standby source={} reason=\"{}\"", source, why);
            delivery.end();
            delivery = null;
            options.observer().leads(source, false);
        }
        if (followers != null) {
            followers.end();
            followers = null;
        }
        if (housekeeping != null) {
            housekeeping.end();
            housekeeping = null;
            registered = List.of();
        }
        if (lags != null) {
            lags.end();
            lags = null;
        }
        updateStatus();
        isCutting = false;
        isCutWanted = false;
        isResting = false;
        isReleasing = false;
        isReleaseWanted = false;
        vertx.cancelTimer(dueTimer);
        var left = consumers.stream().map(MessageConsumer::unregister).toList();
        consumers.clear();
        var lost = session;
        session = null;
        return Future.join(left)
                .otherwiseEmpty()
                .compose(gone -> lost == null ? Future.succeededFuture() : lost.close())
                .otherwiseEmpty();
    }

    private void tick() {
        if (delivery != null) {
            doubt();
            cut();
            releaseDue();
            delivery.forgetSilent();
            registered = housekeeping == null ? List.of() : housekeeping.registered();
            updateStatus();
            yieldIfAlone();
        } else {
            seekLeadership();
        }
    }

    private void updateStatus() {
        status = delivery == null || lags == null
                ? RelayStatus.standby(source)
                : new RelayStatus(source, true, delivery.position(), lags.progress());
    }

    // Cutting

    private void onWake(boolean isScheduled) {
        if (isScheduled) {
            releaseDue();
        } else {
            cut();
        }
    }

    /** Cuts; when asked while a cut is on its way, or rests, cuts once more after it, however often it was asked. */
    private void cut() {
        if (delivery == null || session == null) {
            return;
        }
        if (isCutting || isResting) {
            isCutWanted = true;
            return;
        }
        isCutting = true;
        cuttingSinceNanos = timers.nanoTime();
        isCutWanted = false;
        var cuttingIn = session;
        timers.within(ANSWER_MAX, ledger.cut(cuttingIn)).onComplete(done -> {
            if (cuttingIn != session) {
                return; // leadership changed meanwhile; whoever leads now has read the heads anew
            }
            isCutting = false;
            if (done.failed()) {
                LOG.warn("cut.failed source={}, a relay tries again after a tick", source, done.cause());
                standDown("cut failed");
                return;
            }
            options.observer().cut(source, done.result().count(), timers.nanoTime() - cuttingSinceNanos);
            deliverNew(done.result());
            if (done.result().isPartial()) {
                cut();
            } else {
                rest(done.result().count());
            }
        });
    }

    private void rest(long found) {
        var rest = Math.min((found - MESSAGES_WITHOUT_REST) / MESSAGES_A_MS_OF_REST, REST_MAX.toMillis());
        if (rest > 0) {
            isResting = true;
            var of = session;
            timers.after(Duration.ofMillis(rest), () -> {
                if (of == session) {
                    isResting = false;
                    cutIfWanted();
                }
            });
        } else {
            cutIfWanted();
        }
    }

    private void cutIfWanted() {
        if (isCutWanted) {
            cut();
        }
    }

    private void deliverNew(Ledger.Cut cut) {
        if (cut.count() > 0 && delivery != null) {
            afterCut.run();
            delivery.advanced(cut);
            if (followers != null) {
                followers.advanced();
            }
        }
    }

    /**
     * Appends what is due, and sets a timer for what will be due before the next tick. When asked while it does so, it
     * looks once more afterwards, however often it was asked.
     */
    private void releaseDue() {
        var releasingIn = session;
        if (delivery == null || releasingIn == null) {
            return;
        }
        if (isReleasing) {
            isReleaseWanted = true;
            return;
        }
        isReleasing = true;
        isReleaseWanted = false;
        var released = Schedule.millisUntilDue(releasingIn).compose(millis -> releaseOrWait(releasingIn, millis));
        timers.within(ANSWER_MAX, released).onComplete(done -> {
            if (releasingIn != session) {
                return;
            }
            isReleasing = false;
            if (done.failed()) {
                LOG.warn("schedule.failed source={}, tried again after a tick", source, done.cause());
            } else if (done.result() > 0) {
                options.observer().appended(source, done.result());
                cut();
                releaseDue();
            } else if (isReleaseWanted) {
                releaseDue();
            }
        });
    }

    private Future<Integer> releaseOrWait(PgConnection releasingIn, @Nullable Long millis) {
        if (millis == null || millis > options.tick().toMillis()) {
            return Future.succeededFuture(0);
        }
        if (millis > 0) {
            vertx.cancelTimer(dueTimer);
            dueTimer = vertx.setTimer(millis, due -> releaseDue());
            return Future.succeededFuture(0);
        }
        return Schedule.releaseDue(releasingIn, RELEASE_MAX);
    }

    // Subscriptions

    private void hello() {
        if (delivery != null) {
            var hello = new RelayHello(source, term, delivery.heads(), delivery.pruned());
            vertx.eventBus().publish(Addresses.RELAY_HELLO, hello.toJson());
        }
    }

    private void onAnnouncement(Announcement announcement) {
        if (delivery != null && housekeeping != null) {
            delivery.announced(announcement);
            housekeeping.announced(announcement);
        }
    }
}
