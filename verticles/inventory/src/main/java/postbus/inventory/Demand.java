package postbus.inventory;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import postbus.contracts.inventory.OrderLine;

/** What an order wants, each sku once, in the order of the skus: lines of the same sku are added up. */
record Demand(SortedMap<String, Long> piecesBySku) {
    static Demand of(List<OrderLine> lines) {
        return new Demand(lines.stream()
                .collect(Collectors.groupingBy(
                        OrderLine::sku, TreeMap::new, Collectors.summingLong(OrderLine::quantity))));
    }

    List<String> skus() {
        return List.copyOf(piecesBySku.keySet());
    }

    /** One line a sku. */
    List<OrderLine> lines() {
        return piecesBySku.entrySet().stream()
                .map(wanted -> new OrderLine(wanted.getKey(), toInt(wanted.getValue())))
                .toList();
    }

    /** The number, or the largest int: more than a shelf can hold, whatever it is, is short all the same. */
    static int toInt(long pieces) {
        return (int) Math.min(pieces, Integer.MAX_VALUE);
    }
}
