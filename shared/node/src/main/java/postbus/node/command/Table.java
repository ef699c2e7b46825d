package postbus.node.command;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Rows for people to read: columns as wide as their widest cell, a heading above. */
public final class Table {
    private static final int GAP = 2;

    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... headings) {
        rows.add(List.of(headings));
    }

    /** Adds a row; as many cells as there are headings. Line breaks within become spaces. */
    public Table row(Object... cells) {
        if (cells.length != rows.get(0).size()) {
            throw new IllegalArgumentException(
                    cells.length + " cells for " + rows.get(0).size() + " headings");
        }
        var row = new ArrayList<String>(cells.length);
        for (var cell : cells) {
            row.add(String.valueOf(cell).replaceAll("\\R", " "));
        }
        rows.add(row);
        return this;
    }

    public void print(PrintWriter out) {
        var widths = new int[rows.get(0).size()];
        for (var row : rows) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        for (var row : rows) {
            var line = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                var cell = row.get(column);
                line.append(cell).append(" ".repeat(widths[column] + GAP - cell.length()));
            }
            out.println(line.toString().stripTrailing());
        }
    }
}
