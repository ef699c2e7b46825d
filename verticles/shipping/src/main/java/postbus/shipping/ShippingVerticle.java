package postbus.shipping;

import postbus.contracts.ordering.OrderPaid;
import postbus.contracts.shipping.DispatchStopped;
import postbus.contracts.shipping.OrderDispatched;
import postbus.contracts.shipping.StopDispatch;
import postbus.messaging.service.ServiceContext;
import postbus.messaging.service.ServiceVerticle;
import postbus.messaging.service.Subscriptions;
import postbus.messaging.transaction.Transaction;

/**
 * Hands paid orders to the carrier once they are picked, unless they are stopped before.
 *
 * <p>{@link StopDispatch} comes from ordering and {@link DispatchOrder} from here, so both may come at the same time;
 * the lock on the order's row lets one of them be first, and the other finds that there is nothing left to do. Two
 * batches that stop and dispatch the same orders in opposite order can deadlock; the one that Postgres ends is applied
 * again message by message, as every failed batch is. That is rare enough not to give up batches for it.
 */
final class ShippingVerticle extends ServiceVerticle {
    private final ShippingSettings settings;

    ShippingVerticle(ServiceContext service, ShippingSettings settings) {
        super(service);
        this.settings = settings;
    }

    @Override
    protected void wire(Subscriptions on) {
        on.event(OrderPaid.class, this::pick);
        on.command(DispatchOrder.class, ShippingVerticle::dispatch);
        on.command(StopDispatch.class, ShippingVerticle::stop);
    }

    private void pick(OrderPaid event, Transaction tx) {
        var dispatch = DispatchTable.lock(tx, event.orderId());
        if (dispatch.isUnknown()) {
            var pickedAt = tx.now().plus(settings.dispatchAfter());
            var commandId = tx.sendAt(pickedAt, new DispatchOrder(event.orderId()));
            DispatchTable.write(tx, dispatch, dispatch.waiting(commandId));
        }
    }

    private static void dispatch(DispatchOrder command, Transaction tx) {
        var before = DispatchTable.lock(tx, command.orderId());
        before.dispatched().ifPresent(dispatched -> {
            DispatchTable.write(tx, before, dispatched);
            tx.publish(new OrderDispatched(command.orderId(), TrackingNumber.of(command.orderId())));
        });
    }

    private static void stop(StopDispatch command, Transaction tx) {
        var before = DispatchTable.lock(tx, command.orderId());
        before.stopped().ifPresent(stopped -> {
            if (before.commandId() != null) {
                tx.cancel(before.commandId()); // too late for that does not matter: it will find the order stopped
            }
            DispatchTable.write(tx, before, stopped);
            tx.publish(new DispatchStopped(command.orderId()));
        });
    }
}
