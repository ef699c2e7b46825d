package postbus.messaging.subscription;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.IntConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;
import postbus.messaging.trail.Signed;
import postbus.messaging.transaction.Cause;
import postbus.messaging.transaction.Transaction;
import postbus.messaging.transaction.Transactions;

/**
 * The dead letters of a subscription, for people who look at them and decide what becomes of them. Every decision is
 * kept with who made it, when and why, in the transaction that carries it out. Blocks: for virtual threads and commands.
 *
 * <p>A decision wakes nobody: instances find what it set free when they look for due messages, see {@link
 * Parking#lookEvery}.
 */
public final class DeadLetters {
    /** Most dead letters on a page. */
    public static final int PAGE_MAX = 100;

    /** Most dead letters that are decided about at once. */
    public static final int DECIDED_MAX = 10_000;

    /** Each such batch is a transaction. */
    private static final int BATCH_MAX = 100;

    private final Transactions transactions;
    private final String subscription;

    /**
     * @param transactions on the schema of the subscription's service
     * @param subscription its name, which is that of its service
     */
    public DeadLetters(Transactions transactions, String subscription) {
        this.transactions = transactions;
        this.subscription = subscription;
    }

    /**
     * Which dead letters are meant; what is null does not matter.
     *
     * @param source the service that sent it
     * @param type as it travels, {@code ordering.order-placed.v1}
     * @param reason what it is a dead letter for: failed, took-too-long, unreadable, unknown-type, rejected or postponed
     * @param since became a dead letter then or later
     */
    public record Filter(
            @Nullable String source,
            @Nullable String type,
            @Nullable String key,
            @Nullable String reason,
            @Nullable Instant since) {
        public static final Filter ALL = new Filter(null, null, null, null, null);
    }

    /** Of what is parked, what to look at. */
    public enum Which {
        /** What waits for a person. */
        DEAD,
        /** What is tried again by itself, or waits behind something of its key. */
        PARKED,
        ANY
    }

    /**
     * A parked message without its body.
     *
     * @param messageId names it
     * @param state dead or parked, see {@link Which}
     * @param time when it was sent
     * @param attempts how often it failed since it was parked, or since a person had it retried
     * @param error what it failed with last; one line
     * @param holdsKey whether later messages of its key wait for it
     * @param waiting how many of them do, counted up to {@value DeadLetterTable#WAITING_MAX}
     * @param diedAt its last failure; null unless it is dead
     * @param nextAttemptAt not before, once it is the first of its key; null unless it is tried again by itself
     */
    public record Summary(
            UUID messageId,
            String state,
            String source,
            long position,
            String type,
            String key,
            Instant time,
            UUID correlationId,
            String reason,
            int attempts,
            @Nullable String error,
            boolean holdsKey,
            int waiting,
            Instant parkedAt,
            @Nullable Instant diedAt,
            @Nullable Instant nextAttemptAt) {}

    /** @param next where the next page begins; null when this is the last one */
    public record Page(List<Summary> deadLetters, @Nullable String next) {}

    /**
     * All of a dead letter.
     *
     * @param body as text; of what is no UTF-8 the bytes in question are replaced
     * @param stack classes and lines; null where the code is not to blame
     */
    public record Detail(
            Summary summary, String body, @Nullable String stack) {}

    /**
     * Parked messages that are alike.
     *
     * @param state dead or parked, see {@link Which}
     * @param oldest when the first of them was parked
     * @param newest when the last of them was
     * @param error what one of them failed with, that failed last
     */
    public record Group(
            String reason,
            String type,
            String state,
            int count,
            Instant oldest,
            Instant newest,
            @Nullable String error) {}

    /** The largest first; {@value DeadLetterTable#GROUPS_MAX} at most. */
    public record Groups(List<Group> groups) {}

    /** What is to become of a dead letter. */
    public enum Verdict {
        /** It is tried again at once, as often as at first; what waits behind it follows in order. */
        RETRY,
        /** It is never applied, and what waits behind it goes on without it. It is kept with the decision. */
        DISCARD
    }

    /**
     * @param by who decided, as in {@link Signed}
     * @param why as in {@link Signed}
     */
    public record Decision(Verdict verdict, String by, String why) {
        /** Throws a {@link Refusal} that names the wrong field. */
        public Decision(Verdict verdict, String by, String why) {
            var signed = new Signed(by, why);
            this.verdict = verdict;
            this.by = signed.by();
            this.why = signed.why();
        }
    }

    /** @param hasMore whether more of them are left, because of a limit */
    public record Decided(int count, boolean hasMore) {}

    /** A place between dead letters, which are ordered by source and position. */
    record Place(String source, long position) {
        static final Place BEGINNING = new Place("", 0);

        private static final Pattern TEXT = Pattern.compile("([a-z][a-z0-9-]*)/([0-9]{1,18})");

        static Place parse(String text) {
            var parts = TEXT.matcher(text);
            if (!parts.matches()) {
                throw new Refusal(Problem.INVALID, "after must be the next of a page, is '" + text + "'", "/after");
            }
            return new Place(parts.group(1), Long.parseLong(parts.group(2)));
        }

        static Place of(Summary deadLetter) {
            return new Place(deadLetter.source(), deadLetter.position());
        }

        @Override
        public String toString() {
            return source + "/" + position;
        }
    }

    /**
     * Dead letters in the order of their source and position there.
     *
     * @param limit 1 to {@value #PAGE_MAX}
     * @param after the {@code next} of the page before; null for the first
     */
    public Page list(Filter filter, int limit, @Nullable String after) {
        return list(filter, Which.DEAD, limit, after);
    }

    /** The same of all that is parked; what fits a filter's {@code since} failed then or later. */
    public Page list(Filter filter, Which which, int limit, @Nullable String after) {
        if (limit < 1 || limit > PAGE_MAX) {
            throw new Refusal(Problem.INVALID, "limit must be 1 to " + PAGE_MAX + ", is " + limit, "/limit");
        }
        requireReason(filter);
        var place = after == null ? Place.BEGINNING : Place.parse(after);
        var found = DeadLetterTable.list(transactions.reading(), subscription, filter, which, place, limit + 1);
        return found.size() <= limit
                ? new Page(found, null)
                : new Page(
                        List.copyOf(found.subList(0, limit)),
                        Place.of(found.get(limit - 1)).toString());
    }

    /** How many of which kind there are. Reads all that is parked. */
    public Groups groups(Which which) {
        return new Groups(DeadLetterTable.groups(transactions.reading(), subscription, which));
    }

    /** One of them, or another parked message; a {@link Refusal} when it is none, or none any more. */
    public Detail get(UUID messageId) {
        var sql = transactions.reading();
        return DeadLetterTable.find(sql, subscription, messageId)
                .orElseThrow(() -> notDead(messageId, DeadLetterTable.fate(sql, subscription, messageId)));
    }

    /** Decides about one of them; a {@link Refusal} when it is none, or none any more. */
    public void decide(UUID messageId, Decision decision) {
        transactions.run(Cause.none(), tx -> {
            var chosen = DeadLetterTable.lock(tx, subscription, messageId);
            if (chosen.isEmpty()) {
                throw notDead(messageId, DeadLetterTable.fate(tx, subscription, messageId));
            }
            carryOut(tx, decision, chosen);
        });
    }

    /**
     * Decides about all of them that match, each once, also when it dies again meanwhile. Not in one transaction: what
     * is decided stays so should the rest fail.
     *
     * @param countMax 1 to {@value #DECIDED_MAX}
     */
    public Decided decide(Filter filter, Decision decision, int countMax) {
        return decide(filter, decision, countMax, decided -> {});
    }

    /** @param onDecided told after each transaction how many there are so far */
    public Decided decide(Filter filter, Decision decision, int countMax, IntConsumer onDecided) {
        if (countMax < 1 || countMax > DECIDED_MAX) {
            throw new IllegalArgumentException("countMax must be 1 to " + DECIDED_MAX + ", is " + countMax);
        }
        requireReason(filter);
        int count = 0;
        var place = Place.BEGINNING;
        while (count < countMax) {
            var after = place;
            int batchMax = Math.min(BATCH_MAX, countMax - count);
            var chosen = transactions.<List<Place>>call(Cause.none(), tx -> {
                var batch = DeadLetterTable.lock(tx, subscription, filter, after, batchMax);
                carryOut(tx, decision, batch);
                return batch;
            });
            count += chosen.size();
            onDecided.accept(count);
            if (chosen.size() < batchMax) {
                return new Decided(count, false);
            }
            place = chosen.get(chosen.size() - 1);
        }
        return new Decided(
                count,
                !DeadLetterTable.list(transactions.reading(), subscription, filter, Which.DEAD, place, 1)
                        .isEmpty());
    }

    private void carryOut(Transaction tx, Decision decision, List<Place> chosen) {
        DeadLetterTable.note(tx, subscription, chosen, decision, tx.now());
        switch (decision.verdict()) {
            case RETRY -> DeadLetterTable.revive(tx, subscription, chosen, tx.now());
            case DISCARD -> DeadLetterTable.delete(tx, subscription, chosen);
        }
    }

    private static void requireReason(Filter filter) {
        if (filter.reason() != null) {
            try {
                Reason.of(filter.reason());
            } catch (IllegalArgumentException unknown) {
                throw new Refusal(Problem.INVALID, String.valueOf(unknown.getMessage()), "/reason");
            }
        }
    }

    /** What is known of a message that is no dead letter; all null when nothing is. */
    record Fate(
            @Nullable String state,
            @Nullable Verdict verdict,
            @Nullable String decidedBy,
            @Nullable Instant decidedAt) {}

    private Refusal notDead(UUID messageId, Fate fate) {
        if (fate.state() != null) {
            return new Refusal(
                    Problem.CONFLICT,
                    "message " + messageId + " is parked at " + subscription + ", and tried again by itself");
        }
        if (fate.verdict() == null) {
            return new Refusal(Problem.NOT_FOUND, subscription + " has no dead letter " + messageId);
        }
        return new Refusal(
                Problem.CONFLICT,
                "message " + messageId + " is no dead letter any more: " + fate.decidedBy()
                        + switch (fate.verdict()) {
                            case RETRY -> " had it retried";
                            case DISCARD -> " discarded it";
                        }
                        + " at " + fate.decidedAt());
    }
}
