package postbus.bench.work;

import io.vertx.sqlclient.Tuple;
import postbus.bench.subject.Watch;
import postbus.messaging.service.ServiceContext;
import postbus.messaging.service.ServiceVerticle;
import postbus.messaging.service.Subscriptions;
import postbus.messaging.transaction.Transaction;

/** The service that handles each message, by one insert. */
final class Effects extends ServiceVerticle {
    /** A message that takes effect twice fails on its key. */
    static final String HANDLE = """
            insert into effects.handled (message_id, order_id, at) values ($1, $2, now())
            """;

    private final Watch watch;

    Effects(ServiceContext service, Watch watch) {
        super(service);
        this.watch = watch;
    }

    @Override
    protected void wire(Subscriptions on) {
        on.event(OrderTaken.class, this::handle);
    }

    private void handle(OrderTaken order, Transaction tx) {
        watch.handled(order.order());
        tx.write(HANDLE, Tuple.of(order.messageId(), order.orderId()));
    }
}
