package postbus.messaging.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.ledger.Ledger;
import postbus.messaging.wire.Announcement;

/**
 * What an active relay does with what is cut: knows the head of each lane and who wants what, and keeps every lane of
 * every subscription moving towards its head. One for each term of leadership. Event loop.
 */
final class Delivery {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    private final String source;
    private final long[] heads;
    private final long[] pruned;
    private long position;
    private final Transport transport;
    private final CatchUp catchUp;
    private final Tail tail;
    private final Timers timers;
    private final RelayOptions options;
    private final Map<String, Subscription> subscriptions = new HashMap<>();
    /** When any subscription was last heard of, or the term began. */
    private long heardAtNanos;

    /** @param heads where the ledger stood when the term began */
    Delivery(
            String source,
            Ledger.Heads heads,
            Transport transport,
            LaneReader reader,
            Timers timers,
            RelayOptions options) {
        this.source = source;
        this.heads = longs(heads.lanes());
        this.pruned = longs(heads.pruned());
        this.position = heads.position();
        this.transport = transport;
        this.catchUp = new CatchUp(reader, this.heads, options.catchUpReadsMax(), timers::nanoTime);
        this.tail = new Tail(heads, catchUp, options.batchBytesMax());
        this.timers = timers;
        this.options = options;
        this.heardAtNanos = timers.nanoTime();
    }

    private static long[] longs(List<Long> numbers) {
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }

    int lanes() {
        return heads.length;
    }

    /** The last position given, in any lane. */
    long position() {
        return position;
    }

    /** See {@link Tail#readEvents}. */
    @Nullable
    List<Ledger.Entry> remembered(long after, int countMax) {
        return tail.readEvents(after, countMax);
    }

    List<Long> heads() {
        return Arrays.stream(heads).boxed().toList();
    }

    List<Long> pruned() {
        return Arrays.stream(pruned).boxed().toList();
    }

    /** Up to this position a lane's messages were deleted. */
    void pruned(int lane, long upto) {
        pruned[lane] = Math.max(pruned[lane], upto);
        tail.pruned(lane, upto);
    }

    /** More was cut: some lanes have new heads. */
    void advanced(Ledger.Cut cut) {
        tail.add(cut);
        if (cut.count() > 0) {
            catchUp.advanced(cut.count());
        }
        position = Math.max(position, cut.upto());
        for (var head : cut.heads()) {
            heads[head.lane()] = head.position();
        }
        for (var subscription : subscriptions.values()) {
            for (var head : cut.heads()) {
                subscription.deliver(head.lane());
            }
        }
    }

    /** A subscription told that it is there, and where. */
    void announced(Announcement announcement) {
        heardAtNanos = timers.nanoTime();
        if (announcement.cursors().size() != heads.length) {
            LOG.warn(
                    "announcement.unfit source={} subscription={} lanes={} expected={}",
                    source,
                    announcement.subscription(),
                    announcement.cursors().size(),
                    heads.length);
            return;
        }
        reportIfAhead(announcement);
        subscriptions
                .computeIfAbsent(
                        announcement.subscription(),
                        name -> new Subscription(
                                source, name, heads, transport, tail, catchUp.new Allowance(), timers, options))
                .announced(announcement);
    }

    /** Nobody can have come further than positions were given, unless the source forgot some of them. */
    private void reportIfAhead(Announcement announcement) {
        for (int lane = 0; lane < heads.length; lane++) {
            long cursor = announcement.cursors().get(lane);
            if (cursor > position) {
                LOG.error(
                        "cursor.ahead subscription={} source={} lane={} cursor={} head={} position={}: the source's database"
                                + " was set back in place, the subscriber's was not; what is published now is not delivered"
                                + " in this lane until it is past the cursor. Move the cursor: replay --from now, or"
                                + " --from oldest",
                        announcement.subscription(),
                        source,
                        lane,
                        cursor,
                        heads[lane],
                        position);
            }
        }
    }

    /**
     * How far a subscription has come.
     *
     * @param cursors by lane
     * @param scanned by lane: up to here nothing more is to be sent to it
     * @param isPaused it takes nothing for now
     */
    record Reached(List<Long> cursors, List<Long> scanned, boolean isPaused) {
        static Reached of(List<Long> cursors) {
            return new Reached(cursors, cursors, false);
        }

        /** Where it is behind these heads. */
        List<Ledger.Place> behind(List<Long> heads) {
            var behind = new ArrayList<Ledger.Place>();
            for (int lane = 0; lane < Math.min(heads.size(), scanned.size()); lane++) {
                if (scanned.get(lane) < heads.get(lane)) {
                    behind.add(new Ledger.Place(lane, scanned.get(lane)));
                }
            }
            return behind;
        }
    }

    /** How far those have come that are pushed to, by name. */
    Map<String, Reached> reached() {
        return subscriptions.values().stream().collect(Collectors.toMap(Subscription::name, Subscription::reached));
    }

    /** Whether no subscription was heard of for so long. */
    boolean isUnheardFor(Duration limit) {
        return timers.nanoTime() - heardAtNanos > limit.toNanos();
    }

    /** Stops pushing to subscriptions that were silent for too long. */
    void forgetSilent() {
        var silentSince = timers.nanoTime() - options.subscriptionTtl().toNanos();
        subscriptions.values().removeIf(subscription -> {
            var isGone = subscription.announcedAtNanos() - silentSince < 0;
            if (isGone) {
                LOG.info("subscription.silent source={} subscription={}", source, subscription.name());
                subscription.end();
            }
            return isGone;
        });
    }

    /** Pushes nothing more. Answers that still come change nothing. */
    void end() {
        subscriptions.values().forEach(Subscription::end);
        subscriptions.clear();
    }
}
