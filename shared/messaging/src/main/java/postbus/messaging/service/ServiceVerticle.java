package postbus.messaging.service;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import postbus.messaging.MessageType;
import postbus.messaging.outbox.Outbox;
import postbus.messaging.replay.Replay;
import postbus.messaging.subscription.DeadLetters;
import postbus.messaging.subscription.DurableSubscriber;
import postbus.messaging.subscription.Pauses;
import postbus.messaging.trace.Tracing;
import postbus.messaging.trail.Trail;
import postbus.messaging.transaction.EventBusWake;
import postbus.messaging.transaction.Transactions;
import postbus.messaging.wire.Addresses;

/**
 * A service: a bounded context with its own schema, reached only by messages. Subclasses say in {@link #wire} what
 * they handle. Deploy as many instances, on as many nodes, as the load wants.
 */
public abstract class ServiceVerticle extends VerticleBase {
    private final ServiceContext service;
    private final List<MessageConsumer<?>> consumers = new ArrayList<>();
    private @Nullable Transactions transactions;
    private @Nullable Answering answering;
    private @Nullable DurableSubscriber subscriber;
    private @Nullable Handled handled;

    protected ServiceVerticle(ServiceContext service) {
        this.service = service;
    }

    /** Says what the service handles. Called once, before anything arrives. */
    protected abstract void wire(Subscriptions on);

    /** Starts what the service does besides handling messages, after it can be reached. */
    protected Future<?> started() {
        return Future.succeededFuture();
    }

    /** Ends what {@link #started} started, before the service leaves the bus. */
    protected Future<?> stopping() {
        return Future.succeededFuture();
    }

    /** Transactions for work that no message causes. */
    protected final Transactions transactions() {
        if (transactions == null) {
            throw new IllegalStateException("not started");
        }
        return transactions;
    }

    protected final ServiceContext service() {
        return service;
    }

    /** What this service handles; once it has started. */
    public final Handled handled() {
        if (handled == null) {
            throw new IllegalStateException("not started");
        }
        return handled;
    }

    @Override
    public final Future<?> start() {
        transactions = new Transactions(
                context,
                service.service(),
                service.pool(),
                new Outbox(service.messageBytesMax()),
                service.clock(),
                new EventBusWake(context, service.service()),
                service.observer(),
                service.shards());
        var on = new Subscriptions(service.contract(), service::owns);
        wire(on);
        handled = on.handled();
        var answering = new Answering(service.service(), Tracing.of(vertx, service.service()));
        this.answering = answering;
        var requests = new Requests(transactions, answering);
        var ready = new ArrayList<Future<?>>();
        on.requests()
                .forEach((type, request) -> ready.add(serve(requestAddress(type), requests.command(type, request))));
        on.questions().forEach((type, question) -> ready.add(serve(requestAddress(type), requests.query(question))));
        new DeadLetterDoor(new DeadLetters(transactions, service.service()), answering)
                .endpoints()
                .forEach((operation, endpoint) ->
                        ready.add(serve(Addresses.deadLetters(service.service(), operation), endpoint)));
        new FlowDoor(
                        new Pauses(transactions, service.service()),
                        new Replay(transactions, service.service()),
                        new Trail(transactions.reading(), service.service()),
                        answering,
                        this::flowChanged)
                .endpoints()
                .forEach((operation, endpoint) ->
                        ready.add(serve(Addresses.flow(service.service(), operation), endpoint)));
        if (!on.handlers().isEmpty()) {
            subscriber = new DurableSubscriber(vertx, transactions, options(on), on.handlers());
            ready.add(subscriber.start());
        }
        var replies = new ReplyRetention(transactions, service.replyRetention());
        vertx.setPeriodic(ReplyRetention.EVERY.toMillis(), tick -> replies.startRound());
        return Future.all(ready).compose(all -> started());
    }

    @Override
    public final Future<?> stop() {
        return stopping()
                .otherwiseEmpty()
                .compose(ended -> Future.join(
                        consumers.stream().map(MessageConsumer::unregister).toList()))
                .otherwiseEmpty()
                .compose(gone -> Future.join(
                        answering == null ? Future.succeededFuture() : answering.drain(),
                        subscriber == null ? Future.succeededFuture() : subscriber.stop()));
    }

    private String requestAddress(String type) {
        return Addresses.request(service.service(), MessageType.parse(type));
    }

    private void flowChanged() {
        if (subscriber != null) {
            subscriber.announceSoon();
        }
    }

    private Future<Void> serve(String address, Answering.Endpoint endpoint) {
        var consumer = vertx.eventBus().consumer(address, endpoint::handle);
        consumers.add(consumer);
        return consumer.completion();
    }

    private DurableSubscriber.Options options(Subscriptions on) {
        return new DurableSubscriber.Options(
                service.service(),
                on.takesCommands() ? service.service() : null,
                on.start(),
                on.isOneMessageATransaction(),
                service.announceEvery(),
                service.parking(),
                on.skipsDeadLetters(),
                service.observer());
    }
}
