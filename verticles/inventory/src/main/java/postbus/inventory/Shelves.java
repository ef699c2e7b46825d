package postbus.inventory;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import postbus.contracts.inventory.OrderLine;
import postbus.contracts.inventory.Shortage;

/** The shelves one order is about, as they are while they are locked. Of a sku without a shelf nothing is available. */
record Shelves(Map<String, Shelf> bySku) {
    static Shelves of(List<Shelf> shelves) {
        return new Shelves(shelves.stream().collect(Collectors.toMap(Shelf::sku, Function.identity())));
    }

    /** What is missing for this demand, in the order of the skus; empty when it can be filled. */
    List<Shortage> shortages(Demand demand) {
        return demand.piecesBySku().entrySet().stream()
                .filter(wanted -> wanted.getValue() > available(wanted.getKey()))
                .map(wanted ->
                        new Shortage(wanted.getKey(), Demand.toInt(wanted.getValue()), available(wanted.getKey())))
                .toList();
    }

    /** The shelves of these lines after reserving them; none of the lines may be short. */
    List<Shelf> reserve(List<OrderLine> lines) {
        return change(lines, Shelf::reserve);
    }

    /** The shelves of these lines after giving back what was reserved. */
    List<Shelf> release(List<OrderLine> lines) {
        return change(lines, Shelf::release);
    }

    /** The shelves of these lines after what was reserved has left. */
    List<Shelf> ship(List<OrderLine> lines) {
        return change(lines, Shelf::ship);
    }

    private int available(String sku) {
        var shelf = bySku.get(sku);
        return shelf == null ? 0 : shelf.available();
    }

    /** @param lines each sku once */
    private List<Shelf> change(List<OrderLine> lines, BiFunction<Shelf, Integer, Shelf> step) {
        return lines.stream()
                .map(line -> step.apply(shelf(line.sku()), line.quantity()))
                .toList();
    }

    private Shelf shelf(String sku) {
        var shelf = bySku.get(sku);
        if (shelf == null) {
            throw new IllegalArgumentException("no shelf for '" + sku + "'");
        }
        return shelf;
    }
}
