package postbus.messaging.simulation.model;

/** A way to get the protocol wrong. The simulation must notice each of them, or it would not notice a bug either. */
public enum Mutation {
    NONE,
    /** A writer appends its messages before it waits for the lock on what it changes. */
    APPEND_BEFORE_LOCK,
    /** Positions are given in the order of transaction ids. */
    CUT_BY_TRANSACTION_ID,
    /** What is new is told by a serial number: all above the last one that was cut. */
    CUT_BY_SERIAL_NUMBER,
    /** A cut takes nothing from the oldest running transaction on. */
    CUT_WAITS_FOR_THE_OLDEST,
    /** A cut passes over rows that another cut has locked, and moves the cursor past them. */
    CUT_SKIPS_LOCKED,
    /** The lock on the ledger's head is taken by the statement that cuts, whose snapshot is older than the lock. */
    CUT_AND_LOCK_IN_ONE,
    /** Each portion of a large cut works towards what it sees itself. */
    PORTION_FORGETS_THE_GOAL,
    /** A relay delivers what is cut before the cut is committed. */
    DELIVER_BEFORE_COMMIT,
    /** What a relay holds in memory is taken for all there is, although another relay has cut in between. */
    MEMORY_IGNORES_A_GAP,
    /** A batch moves the cursor wherever it is. */
    NO_COMPARE_AND_SET,
    /** Handlers that did not wait for the cursor are committed, wherever it was. */
    AT_ONCE_ANYHOW,
    /** Instead of a position the last few messages are remembered, to tell which came again. */
    DEDUPE_WINDOW,
    /** The subscriber answers, and then commits. */
    ANSWER_BEFORE_COMMIT,
    /** The cursor is committed, and then the effects. */
    CURSOR_BEFORE_EFFECTS,
    /** What was applied of a batch before its failure stays. */
    KEEP_PART_OF_A_FAILED_BATCH,
    /** A message is applied although an earlier one of its key is parked. */
    HELD_KEYS_IGNORED,
    /** A parked message is tried although it is not the first of its key. */
    RETRY_OUT_OF_TURN,
    /** A parked message may be in the hands of two instances at once. */
    RETRY_WITHOUT_LOCK
}
