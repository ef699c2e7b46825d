package postbus.inventory;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.contracts.catalog.ProductDefined;
import postbus.contracts.inventory.GetStock;
import postbus.contracts.inventory.ReceiveStock;
import postbus.contracts.inventory.ReleaseStock;
import postbus.contracts.inventory.ReserveStock;
import postbus.contracts.inventory.StockLevel;
import postbus.contracts.inventory.StockReceived;
import postbus.contracts.ordering.OrderShipped;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.service.ServiceContext;
import postbus.messaging.service.ServiceVerticle;
import postbus.messaging.service.Subscriptions;
import postbus.messaging.transaction.Sql;
import postbus.messaging.transaction.Transaction;

/**
 * Keeps what is on the shelf and what is promised to orders. Commands in, facts out.
 *
 * <p>Every transaction locks the reservation of at most one order first, and then shelves in the order of their sku, so
 * no two wait for each other in a circle.
 */
final class InventoryVerticle extends ServiceVerticle {
    private static final Logger LOG = LoggerFactory.getLogger(InventoryVerticle.class);

    InventoryVerticle(ServiceContext service) {
        super(service);
    }

    @Override
    protected void wire(Subscriptions on) {
        on.oneMessageATransaction(); // orders lock shelves of many skus
        on.event(ProductDefined.class, InventoryVerticle::open);
        on.command(ReserveStock.class, InventoryVerticle::reserve);
        on.command(ReleaseStock.class, InventoryVerticle::release);
        on.event(OrderShipped.class, InventoryVerticle::ship);
        on.request(ReceiveStock.class, InventoryVerticle::receive);
        on.query(GetStock.class, InventoryVerticle::level);
    }

    private static void open(ProductDefined event, Transaction tx) {
        ShelfTable.open(tx, event.sku());
    }

    private static void reserve(ReserveStock command, Transaction tx) {
        var reservation = ReservationTable.lock(tx, command.orderId());
        var demand = Demand.of(command.lines());
        var shelves = ShelfTable.lock(tx, demand.skus());
        carryOut(reservation.reserve(demand, shelves), tx);
    }

    private static void release(ReleaseStock command, Transaction tx) {
        var reservation = ReservationTable.lock(tx, command.orderId());
        var shelves = ShelfTable.lock(tx, reservation.skus());
        carryOut(reservation.release(shelves), tx);
    }

    private static void ship(OrderShipped event, Transaction tx) {
        var reservation = ReservationTable.lock(tx, event.orderId());
        if (!reservation.canLeave()) {
            // The shelf still counts what has left it: somebody must look.
            LOG.error("shipment.unreserved order={} reservation={}", event.orderId(), reservation.state());
        }
        var shelves = ShelfTable.lock(tx, reservation.skus());
        carryOut(reservation.ship(shelves), tx);
    }

    private static void carryOut(Optional<Reservation.Step> decided, Transaction tx) {
        decided.ifPresent(step -> {
            ReservationTable.write(tx, step);
            ShelfTable.update(tx, step.shelves());
            step.events().forEach(tx::publish);
        });
    }

    private static StockLevel receive(ReceiveStock command, Transaction tx) {
        var shelf = ShelfTable.lock(tx, command.sku())
                .orElseThrow(() -> unknown(command.sku()))
                .receive(command.quantity());
        ShelfTable.update(tx, shelf);
        tx.publish(new StockReceived(command.sku(), command.quantity()));
        return shelf.level();
    }

    private static StockLevel level(GetStock query, Sql sql) {
        return ShelfTable.find(sql, query.sku())
                .orElseThrow(() -> unknown(query.sku()))
                .level();
    }

    private static Refusal unknown(String sku) {
        return new Refusal(Problem.NOT_FOUND, "no product '" + sku + "'", "/sku");
    }
}
