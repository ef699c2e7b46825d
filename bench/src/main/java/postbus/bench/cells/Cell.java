package postbus.bench.cells;

/** One measurement. */
interface Cell {
    /** Measures, with progress on standard output. Fails when something measured was not right. Blocks, once. */
    Results measure() throws Exception;
}
