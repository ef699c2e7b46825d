package postbus.messaging.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Envelope;
import postbus.messaging.ledger.Ledger;
import postbus.messaging.simulation.model.Fact;
import postbus.messaging.simulation.model.OutboxAndLedger;
import postbus.messaging.simulation.model.Tx;
import postbus.messaging.wire.Ack;

/**
 * What must hold, looked at each time a transaction commits. What is promised to a user needs no knowledge of how the
 * protocol works, only of what was committed in which order and what then happened to it. What its parts promise to each
 * other (positions, cursors, answers) is looked at too, so that a run that goes wrong is stopped where it begins.
 */
final class Checker {
    private final Map<UUID, String> written = new HashMap<>();
    private final Map<UUID, Long> positions = new HashMap<>();
    private final Map<Integer, TreeMap<Long, Envelope>> lanes = new HashMap<>();
    private final Map<String, List<UUID>> committed = new HashMap<>();
    private final Map<String, Integer> cutOfKey = new HashMap<>();
    private final Map<String, Subscriber> subscribers = new TreeMap<>();
    private final boolean isOfUsersOnly;
    private long position;
    private @Nullable String violation;

    private Checker(boolean isOfUsersOnly) {
        this.isOfUsersOnly = isOfUsersOnly;
    }

    /** Looks at everything. */
    static Checker ofAll() {
        return new Checker(false);
    }

    /** Looks only at what is promised to users: each committed message once, in order, and at last all of them. */
    static Checker ofUsersPromises() {
        return new Checker(true);
    }

    /** What one subscription is to get and got. */
    private static final class Subscriber {
        private final Ledger.Filter filter;
        private final Map<String, List<UUID>> expected = new HashMap<>();
        private final Map<String, Integer> applied = new HashMap<>();
        private final Map<Integer, Long> cursors = new HashMap<>();
        private final Set<UUID> setAside = new HashSet<>();
        private int missing;

        Subscriber(Ledger.Filter filter) {
            this.filter = filter;
        }
    }

    void expect(String subscription, Ledger.Filter filter) {
        subscribers.put(subscription, new Subscriber(filter));
    }

    /** The first thing that was wrong. */
    @Nullable
    String violation() {
        return violation;
    }

    private void violated(String text) {
        if (violation == null) {
            violation = text;
        }
    }

    private void violatedInside(String text) {
        if (!isOfUsersOnly) {
            violated(text);
        }
    }

    void committed(Tx tx) {
        var handled = new HashSet<UUID>();
        for (var fact : tx.facts()) {
            switch (fact) {
                case Fact.Written message -> written(message);
                case Fact.Cut cut -> cut(cut);
                case Fact.Applied applied -> {
                    handled.add(applied.message().id());
                    applied(applied);
                }
                case Fact.SetAside aside -> {
                    handled.add(aside.message().id());
                    setAside(aside);
                }
                case Fact.CursorMoved moved -> {}
            }
        }
        for (var fact : tx.facts()) {
            if (fact instanceof Fact.CursorMoved moved) {
                moved(moved, handled);
            }
        }
    }

    private void written(Fact.Written fact) {
        var message = fact.message();
        written.put(message.id(), message.key());
        committed.computeIfAbsent(message.key(), key -> new ArrayList<>()).add(message.id());
        for (var subscriber : subscribers.values()) {
            if (OutboxAndLedger.isWanted(message, subscriber.filter)) {
                subscriber
                        .expected
                        .computeIfAbsent(message.key(), key -> new ArrayList<>())
                        .add(message.id());
                subscriber.missing++;
            }
        }
    }

    private void cut(Fact.Cut cut) {
        var message = cut.written().message();
        if (cut.position() != ++position) {
            violatedInside("position " + cut.position() + " was given where " + position + " is next");
        }
        if (positions.put(message.id(), cut.position()) != null) {
            violatedInside(message.id() + " has two positions");
        }
        var inOrder = committed.getOrDefault(message.key(), List.of());
        int n = cutOfKey.merge(message.key(), 1, Integer::sum);
        if (inOrder.size() < n || !inOrder.get(n - 1).equals(message.id())) {
            violatedInside("position " + cut.position() + " of key " + message.key() + " is out of commit order");
        }
        lanes.computeIfAbsent(cut.lane(), lane -> new TreeMap<>()).put(cut.position(), message);
    }

    private void applied(Fact.Applied fact) {
        var message = fact.message();
        var subscriber = subscriber(fact.subscription());
        var expected = subscriber.expected.getOrDefault(message.key(), List.of());
        int n = subscriber.applied.merge(message.key(), 1, Integer::sum) - 1;
        if (n < expected.size() && expected.get(n).equals(message.id())) {
            subscriber.missing--;
            return;
        }
        int at = expected.indexOf(message.id());
        violated(fact.subscription() + " applied of " + message.key()
                + (!written.containsKey(message.id())
                        ? " an uncommitted message"
                        : at < 0
                                ? " a message it did not ask for"
                                : " message " + at + " when " + n + " was next, which is "
                                        + (at < n ? "twice" : "too early")));
    }

    private void setAside(Fact.SetAside fact) {
        if (!subscriber(fact.subscription()).setAside.add(fact.message().id())) {
            violatedInside(fact.subscription() + " set " + fact.message().key() + " aside twice");
        }
    }

    /** Cursors move on, from where they are, and past nothing that was not handled in the same transaction. */
    private void moved(Fact.CursorMoved moved, Set<UUID> handled) {
        var subscriber = subscriber(moved.subscription());
        long before = subscriber.cursors.getOrDefault(moved.lane(), 0L);
        if (moved.from() != before || moved.to() < before) {
            violatedInside(moved.subscription() + " moved its cursor of lane " + moved.lane() + " from " + moved.from()
                    + " to " + moved.to() + " where it was " + before);
        }
        subscriber.cursors.put(moved.lane(), moved.to());
        var passed = lanes.getOrDefault(moved.lane(), new TreeMap<>())
                .subMap(Math.min(moved.from(), moved.to()), false, moved.to(), true);
        for (var entry : passed.entrySet()) {
            var message = entry.getValue();
            if (OutboxAndLedger.isWanted(message, subscriber.filter) && !handled.contains(message.id())) {
                violatedInside(moved.subscription() + " moved its cursor past position " + entry.getKey() + " of lane "
                        + moved.lane() + ", which it did not apply");
            }
        }
    }

    /** What an answer says is durable. */
    void answered(String subscription, int lane, Ack ack) {
        long cursor = subscriber(subscription).cursors.getOrDefault(lane, 0L);
        if (ack.cursor() > cursor) {
            violatedInside(
                    subscription + " answered that lane " + lane + " is at " + ack.cursor() + ", durable is " + cursor);
        }
    }

    /** Somebody is still missing something, although there was time for it. */
    void missing(String when) {
        subscribers.forEach((name, subscriber) -> {
            if (subscriber.missing > 0) {
                violated(name + " is missing " + subscriber.missing + " messages " + when);
            }
        });
    }

    boolean isAllApplied() {
        for (var subscriber : subscribers.values()) {
            if (subscriber.missing > 0) {
                return false;
            }
        }
        return true;
    }

    int committedCount() {
        return written.size();
    }

    private Subscriber subscriber(String subscription) {
        var subscriber = subscribers.get(subscription);
        if (subscriber == null) {
            throw new IllegalArgumentException("no subscription " + subscription);
        }
        return subscriber;
    }
}
