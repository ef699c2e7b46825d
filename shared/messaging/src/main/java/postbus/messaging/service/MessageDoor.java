package postbus.messaging.service;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.sqlclient.Pool;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.search.MessageSearch;
import postbus.messaging.trace.Tracing;
import postbus.messaging.wire.Addresses;

/**
 * Lets people and gateways at the messages of one source over the event bus: {@link MessageRequest}. Deploy it beside
 * the source's relays; every instance answers.
 */
public final class MessageDoor extends VerticleBase {
    private final String source;
    private final Pool pool;
    private List<MessageConsumer<?>> consumers = List.of();
    private @Nullable Answering answering;

    /** @param pool on the source's schema, of the Vert.x this is deployed on; owned by the caller */
    public MessageDoor(String source, Pool pool) {
        this.source = source;
        this.pool = pool;
    }

    @Override
    public Future<?> start() {
        var search = new MessageSearch(
                source,
                (statement, parameters) ->
                        pool.preparedQuery(statement).execute(parameters).await());
        var answering = new Answering(source, Tracing.of(vertx, source));
        this.answering = answering;
        consumers = endpoints(search, answering).entrySet().stream()
                .<MessageConsumer<?>>map(endpoint -> vertx.eventBus()
                        .consumer(Addresses.messages(source, endpoint.getKey()), endpoint.getValue()::handle))
                .toList();
        return Future.all(consumers.stream().map(MessageConsumer::completion).toList());
    }

    private static Map<String, Answering.Endpoint> endpoints(MessageSearch search, Answering answering) {
        return Map.of(
                MessageRequest.Find.OPERATION,
                answering.operation(
                        MessageRequest.Find.class, asked -> search.find(asked.filter(), asked.limit(), asked.before())),
                MessageRequest.Get.OPERATION,
                answering.operation(
                        MessageRequest.Get.class,
                        asked -> search.get(asked.messageId())
                                .orElseThrow(() -> new Refusal(
                                        Problem.NOT_FOUND, "there is no message with id " + asked.messageId()))),
                MessageRequest.Correlated.OPERATION,
                answering.operation(
                        MessageRequest.Correlated.class,
                        asked -> search.correlated(asked.correlationId(), asked.around(), asked.limit())),
                MessageRequest.History.OPERATION,
                answering.operation(
                        MessageRequest.History.class,
                        asked -> search.history(asked.key(), asked.after(), asked.since())));
    }

    @Override
    public Future<?> stop() {
        return Future.join(consumers.stream().map(MessageConsumer::unregister).toList())
                .otherwiseEmpty()
                .compose(gone -> answering == null ? Future.succeededFuture() : answering.drain());
    }
}
