package postbus.messaging.simulation.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Envelope;
import postbus.messaging.ledger.Ledger;

/**
 * The tables {@code outbox}, {@code ledger} and {@code ledger_head} of one source with the statements of {@code
 * LedgerTable}, in the model of Postgres.
 */
public final class OutboxAndLedger {
    private static final String HEAD = "head";
    private static final int EVERYTHING = Integer.MAX_VALUE;

    private final Database database;
    private final Steps steps;
    private final int lanes;
    private final Mutation mutation;
    private final List<Fact.Written> outbox = new ArrayList<>();
    private final List<List<Fact.Cut>> ledger = new ArrayList<>();
    private final Table<String, Head> heads;
    private final Map<String, Integer> laneOfKey = new HashMap<>();
    private final Map<Fact.Written, Tx> lockedBy = new HashMap<>();
    private long lastId;

    /** A row as in {@code ledger_head}. */
    private record Head(
            long position, Snapshot cutThrough, @Nullable Snapshot cutting, long cuttingToId, long passedId) {}

    public OutboxAndLedger(Database database, Steps steps, int lanes, Mutation mutation) {
        this.database = database;
        this.steps = steps;
        this.lanes = lanes;
        this.mutation = mutation;
        for (int lane = 0; lane < lanes; lane++) {
            ledger.add(new ArrayList<>());
        }
        heads = new Table<>(database, "ledger_head");
        var founder = database.begin();
        heads.insert(founder, HEAD, new Head(0, Snapshot.OF_NOTHING, null, 0, 0));
        founder.commit();
    }

    /** Inserts messages in one statement; others may take ids of the sequence in between. */
    public void append(Tx tx, List<Envelope> messages) {
        for (var message : messages) {
            tx.requireRunning();
            tx.xid();
            var written = new Fact.Written(tx, ++lastId, message);
            outbox.add(written);
            tx.note(written);
            if (messages.size() > 1) {
                steps.before("append the next");
            }
        }
    }

    /**
     * What a relay sends in one round trip: BEGIN, lock, cut, COMMIT. The server may stop before any of them.
     *
     * @param told when it is committed, what was cut
     */
    public void cut(int cutMax, Consumer<Ledger.Cut> told) {
        var tx = database.begin();
        if (mutation == Mutation.CUT_SKIPS_LOCKED) {
            told.accept(cutWhatNobodyHas(tx));
            return;
        }
        steps.before("lock the head");
        var then = database.snapshot();
        heads.lock(tx, then, HEAD, head -> true);
        steps.before("cut");
        var cut = cut(tx, mutation == Mutation.CUT_AND_LOCK_IN_ONE ? then : database.snapshot(), cutMax);
        if (mutation == Mutation.DELIVER_BEFORE_COMMIT) {
            told.accept(cut);
        }
        steps.before("commit the cut");
        tx.commit();
        if (mutation != Mutation.DELIVER_BEFORE_COMMIT) {
            told.accept(cut);
        }
    }

    /** {@code LedgerTable.CUT}, all of it seen by one snapshot but the head, which this transaction has locked. */
    private Ledger.Cut cut(Tx tx, Snapshot now, int portion) {
        var head = head(tx);
        var cutMax = hasPortions() ? portion : EVERYTHING;
        var goal = head.cutting == null || mutation == Mutation.PORTION_FORGETS_THE_GOAL ? goal(now) : head.cutting;
        var uptoId = head.cutting == null ? Long.MAX_VALUE : head.passedId + cutMax;
        var fresh = new ArrayList<Fact.Written>();
        for (var row : outbox) {
            if (row.id() > head.passedId
                    && row.id() <= uptoId
                    && Database.isVisible(row.tx(), tx, now)
                    && isNew(row.tx().xid(), head.cutThrough, goal)) {
                fresh.add(row);
            }
        }
        fresh.sort(order());
        if (fresh.size() > cutMax) {
            fresh.subList(cutMax, fresh.size()).clear();
        }
        var numbered = number(tx, fresh, head.position);
        var position = head.position + fresh.size();
        var isPartial = head.cutting == null ? fresh.size() == cutMax : uptoId < head.cuttingToId;
        if (isPartial) {
            long passedId = head.cutting == null ? fresh.get(fresh.size() - 1).id() : uptoId;
            long toId = head.cutting == null ? lastId : head.cuttingToId;
            replaceHead(tx, new Head(position, head.cutThrough, goal, toId, passedId));
        } else if (!fresh.isEmpty() || head.cutting != null) {
            long serial = fresh.isEmpty()
                    ? head.passedId
                    : fresh.get(fresh.size() - 1).id();
            replaceHead(tx, new Head(position, goal, null, 0, mutation == Mutation.CUT_BY_SERIAL_NUMBER ? serial : 0));
        }
        return cut(head.position, numbered, isPartial);
    }

    private static Ledger.Cut cut(long after, List<Ledger.CutMessage> numbered, boolean isPartial) {
        var heads = new TreeMap<Integer, Long>();
        numbered.forEach(message -> heads.put(message.lane(), message.position()));
        return new Ledger.Cut(
                after,
                numbered.size(),
                heads.entrySet().stream()
                        .map(lane -> new Ledger.LaneHead(lane.getKey(), lane.getValue()))
                        .toList(),
                numbered,
                isPartial);
    }

    private List<Ledger.CutMessage> number(Tx tx, List<Fact.Written> fresh, long after) {
        var numbered = new ArrayList<Ledger.CutMessage>();
        long position = after;
        for (var row : fresh) {
            int lane = lane(row.message().key());
            var cut = new Fact.Cut(tx, lane, ++position, row);
            ledger.get(lane).add(cut);
            tx.note(cut);
            numbered.add(new Ledger.CutMessage(lane, position, row.message()));
        }
        return numbered;
    }

    private Head head(Tx tx) {
        return Objects.requireNonNull(heads.find(tx, database.snapshot(), HEAD), "the head is always there");
    }

    private void replaceHead(Tx tx, Head next) {
        heads.update(tx, database.snapshot(), HEAD, any -> true, old -> next);
    }

    private Snapshot goal(Snapshot now) {
        return mutation == Mutation.CUT_WAITS_FOR_THE_OLDEST ? now.untilTheOldestRunning() : now;
    }

    private boolean hasPortions() {
        return mutation != Mutation.CUT_BY_TRANSACTION_ID && mutation != Mutation.CUT_BY_SERIAL_NUMBER;
    }

    private boolean isNew(long xid, Snapshot cutThrough, Snapshot goal) {
        if (mutation == Mutation.CUT_BY_SERIAL_NUMBER) {
            return true;
        }
        var hadNotBegun = xid >= cutThrough.xmax() && xid < goal.xmax();
        return (hadNotBegun || cutThrough.wasRunning(xid)) && goal.sees(xid);
    }

    private Comparator<Fact.Written> order() {
        return mutation == Mutation.CUT_BY_TRANSACTION_ID
                ? Comparator.<Fact.Written>comparingLong(row -> row.tx().xid()).thenComparingLong(Fact.Written::id)
                : Comparator.comparingLong(Fact.Written::id);
    }

    /** The mutation {@link Mutation#CUT_SKIPS_LOCKED}, otherwise without a flaw. */
    private Ledger.Cut cutWhatNobodyHas(Tx tx) {
        steps.before("lock rows");
        var now = database.snapshot();
        var through = head(tx).cutThrough;
        var fresh = outbox.stream()
                .filter(row ->
                        Database.isVisible(row.tx(), tx, now) && isNew(row.tx().xid(), through, now))
                .filter(row -> !lockedBy.containsKey(row) || !lockedBy.get(row).isRunning())
                .toList();
        fresh.forEach(row -> lockedBy.put(row, tx));
        steps.before("lock the head");
        heads.lock(tx, database.snapshot(), HEAD, head -> true);
        var position = head(tx).position;
        var numbered = number(tx, fresh, position);
        if (!fresh.isEmpty()) {
            replaceHead(tx, new Head(position + fresh.size(), now, null, 0, 0));
        }
        steps.before("commit the cut");
        tx.commit();
        return cut(position, numbered, false);
    }

    /** {@code LedgerTable.HEADS}. */
    public Ledger.Heads heads(Tx tx) {
        var now = database.snapshot();
        var head = heads.find(tx, now, HEAD);
        var positions = new ArrayList<Long>();
        var pruned = new ArrayList<Long>();
        for (int lane = 0; lane < lanes; lane++) {
            long last = 0;
            for (var cut : ledger.get(lane)) {
                if (Database.isVisible(cut.tx(), tx, now)) {
                    last = Math.max(last, cut.position());
                }
            }
            positions.add(last);
            pruned.add(0L);
        }
        return new Ledger.Heads(head == null ? 0 : head.position, positions, pruned);
    }

    /** {@code LedgerTable.READ}, with a limit by count. */
    public List<Ledger.Entry> read(Tx tx, int lane, long after, Ledger.Filter filter, int countMax) {
        var now = database.snapshot();
        var entries = new ArrayList<Ledger.Entry>();
        for (var cut : ledger.get(lane)) {
            if (cut.position() > after && Database.isVisible(cut.tx(), tx, now)) {
                var message = cut.written().message();
                entries.add(new Ledger.Entry(cut.position(), isWanted(message, filter) ? message : null));
            }
        }
        entries.sort(Comparator.comparingLong(Ledger.Entry::position));
        return entries.size() <= countMax ? entries : entries.subList(0, countMax);
    }

    public static boolean isWanted(Envelope message, Ledger.Filter filter) {
        return message.recipient() == null && filter.eventTypes().contains(message.type());
    }

    public int lane(String key) {
        return laneOfKey.computeIfAbsent(key, absent -> Byte.toUnsignedInt(sha256(absent)[0]) % lanes);
    }

    private static byte[] sha256(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
