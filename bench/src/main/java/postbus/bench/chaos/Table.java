package postbus.bench.chaos;

/** Tables as Markdown has them. */
final class Table {
    private final StringBuilder text = new StringBuilder();

    void row(Object... cells) {
        text.append('|');
        for (var cell : cells) {
            text.append(' ').append(cell).append(" |");
        }
        text.append('\n');
    }

    /** Below the first row. */
    void rule(int columns) {
        text.append('|').append("---|".repeat(columns)).append('\n');
    }

    /** Between two tables. */
    void gap() {
        text.append('\n');
    }

    String text() {
        return text.toString();
    }
}
