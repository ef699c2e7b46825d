package postbus.tracking;

import postbus.contracts.ordering.OrderView;
import postbus.contracts.tracking.ListOrders;
import postbus.contracts.tracking.OrderList;
import postbus.contracts.tracking.TrackOrder;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.service.ServiceContext;
import postbus.messaging.service.ServiceVerticle;
import postbus.messaging.service.Subscriptions;
import postbus.messaging.transaction.Sql;

/** Follows what is said about orders, and answers how they are. */
final class TrackingVerticle extends ServiceVerticle {
    private static final int LIMIT_MAX = 200;

    TrackingVerticle(ServiceContext service) {
        super(service);
    }

    @Override
    protected void wire(Subscriptions on) {
        on.events(History.types(), Tracking::apply);
        on.query(TrackOrder.class, this::track);
        on.query(ListOrders.class, this::list);
    }

    private OrderView track(TrackOrder query, Sql sql) {
        return Tracking.find(sql, query.orderId())
                .orElseThrow(() -> new Refusal(
                        Problem.NOT_FOUND, "no order " + query.orderId() + ", or not heard of yet", "/orderId"));
    }

    /** Asks for one order more than wanted: whether it is there says whether there is a next page. */
    private OrderList list(ListOrders query, Sql sql) {
        if (query.limit() < 1 || query.limit() > LIMIT_MAX) {
            throw new Refusal(Problem.INVALID, "must be 1 to " + LIMIT_MAX + ", is " + query.limit(), "/limit");
        }
        if (query.customerId() != null && query.customerId().indexOf('\0') >= 0) {
            throw new Refusal(Problem.INVALID, "must not contain NUL", "/customerId");
        }
        var found = Tracking.page(sql, query.customerId(), query.after(), query.limit() + 1);
        if (found.size() <= query.limit()) {
            return new OrderList(found, null);
        }
        var page = found.subList(0, query.limit());
        return new OrderList(page, page.get(page.size() - 1).orderId());
    }
}
