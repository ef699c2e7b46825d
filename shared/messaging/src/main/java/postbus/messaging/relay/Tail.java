package postbus.messaging.relay;

import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Envelope;
import postbus.messaging.ledger.Ledger;

/**
 * The end of each lane in memory: what this relay has just cut. Who is up to date is served from here, and the ledger is
 * read only by those who are behind.
 *
 * <p>For each lane it knows where its memory begins, and holds every message of the lane after that. A cut that does not
 * begin where the last one ended tells that another relay has cut in between, and one that came without all its messages
 * that they are not here: memory then begins anew, for all lanes, at the last position that is sure.
 *
 * <p>Event loop.
 */
final class Tail implements LaneReader {
    /** Of bodies, in all lanes; each lane has its share. */
    static final int BYTES_MAX = 8 << 20;
    /** In each lane. */
    static final int COUNT_MAX = 2_000;

    private final LaneReader ledger;
    private final int batchBytesMax;
    private final Lane[] lanes;
    /** The last position of the last cut. */
    private long upto;

    private static final class Lane {
        /** Messages of the lane after this position are here. */
        private long begin;

        private int bytes;
        private final ArrayDeque<Placed> messages = new ArrayDeque<>();

        Lane(long begin) {
            this.begin = begin;
        }

        void beginAt(long position) {
            begin = position;
            bytes = 0;
            messages.clear();
        }
    }

    private record Placed(long position, Envelope message) {}

    /**
     * @param heads where the ledger stands
     * @param ledger for what is not here
     */
    Tail(Ledger.Heads heads, LaneReader ledger, int batchBytesMax) {
        this.ledger = ledger;
        this.batchBytesMax = batchBytesMax;
        this.upto = heads.position();
        this.lanes = heads.lanes().stream().map(Lane::new).toArray(Lane[]::new);
    }

    void add(Ledger.Cut cut) {
        if (cut.after() != upto) {
            beginAt(cut.after());
        }
        upto = cut.upto();
        if (cut.messages().size() < cut.count()) {
            beginAt(upto);
            return;
        }
        for (var message : cut.messages()) {
            add(lanes[message.lane()], new Placed(message.position(), message.message()));
        }
    }

    /** What retention deleted from a lane is not here either: nobody is served what others would be told is missing. */
    void pruned(int lane, long upto) {
        var messages = lanes[lane].messages;
        while (!messages.isEmpty() && messages.getFirst().position() <= upto) {
            removeOldest(lanes[lane]);
        }
        lanes[lane].begin = Math.max(lanes[lane].begin, upto);
    }

    private void beginAt(long position) {
        for (var lane : lanes) {
            lane.beginAt(position);
        }
    }

    private void add(Lane lane, Placed placed) {
        lane.messages.addLast(placed);
        lane.bytes += placed.message().data().length();
        while (lane.messages.size() > COUNT_MAX || lane.bytes > BYTES_MAX / lanes.length) {
            removeOldest(lane);
        }
    }

    private static void removeOldest(Lane lane) {
        var oldest = lane.messages.removeFirst();
        lane.bytes -= oldest.message().data().length();
        lane.begin = oldest.position();
    }

    @Override
    public Future<List<Ledger.Entry>> read(int lane, long after, Ledger.Filter filter, int countMax) {
        return after < lanes[lane].begin
                ? ledger.read(lane, after, filter, countMax)
                : Future.succeededFuture(remembered(lanes[lane], after, filter, countMax));
    }

    /**
     * The next entries after a position, of all lanes, in order; events have their message, commands have none. Null when
     * not all of them are here.
     */
    @Nullable
    List<Ledger.Entry> readEvents(long after, int countMax) {
        var following = new ArrayList<Placed>();
        for (var lane : lanes) {
            if (after < lane.begin) {
                return null;
            }
            following.addAll(following(lane, after));
        }
        return following.stream()
                .sorted(Comparator.comparingLong(Placed::position))
                .limit(countMax)
                .map(placed ->
                        new Ledger.Entry(placed.position(), placed.message().isCommand() ? null : placed.message()))
                .toList();
    }

    private static List<Placed> following(Lane lane, long after) {
        var following = new ArrayList<Placed>();
        for (var newestFirst = lane.messages.descendingIterator(); newestFirst.hasNext(); ) {
            var placed = newestFirst.next();
            if (placed.position() <= after) {
                break;
            }
            following.add(placed);
        }
        Collections.reverse(following);
        return following;
    }

    private List<Ledger.Entry> remembered(Lane lane, long after, Ledger.Filter filter, int countMax) {
        var following = following(lane, after);
        var entries = new ArrayList<Ledger.Entry>(Math.min(following.size(), countMax));
        int bytes = 0;
        for (var placed : following) {
            if (entries.size() == countMax || bytes >= batchBytesMax) {
                break;
            }
            var isWanted = filter.isFor(placed.message());
            bytes += isWanted ? placed.message().data().length() : 0;
            entries.add(new Ledger.Entry(placed.position(), isWanted ? placed.message() : null));
        }
        return entries;
    }
}
