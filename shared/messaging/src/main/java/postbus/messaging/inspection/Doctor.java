package postbus.messaging.inspection;

import static postbus.messaging.inspection.Finding.critical;
import static postbus.messaging.inspection.Finding.note;
import static postbus.messaging.inspection.Finding.warning;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import postbus.messaging.inspection.Status.Lane;
import postbus.messaging.inspection.Status.Source;
import postbus.messaging.inspection.Status.Subscription;
import postbus.messaging.transaction.Sql;

/**
 * Names what holds the flow, or may, and what to do about it. Blocks: for virtual threads and commands.
 *
 * <p>Each finding is of one moment: what is cut, delivered or waited for while it looks is no finding, by its {@link
 * Limits}.
 */
public final class Doctor {
    private final Schemas schemas;
    private final Limits limits;
    private final Inspection inspection;

    public Doctor(Schemas schemas, Limits limits) {
        this.schemas = schemas;
        this.limits = limits;
        this.inspection = new Inspection(schemas, limits);
    }

    /** The worst first. */
    public List<Finding> examine() {
        var found = new ArrayList<Finding>();
        var status = inspection.status();
        for (var source : status.sources()) {
            relay(source, found);
            cut(source, status.at(), found);
            scheduled(source, found);
        }
        for (var subscription : status.subscriptions()) {
            flow(subscription, status.at(), found);
            cursors(subscription, found);
        }
        for (var service : inspection.services()) {
            sequence(service, found);
            parked(service, found);
        }
        sessions(found);
        server(found);
        found.sort(Comparator.comparing(Finding::severity));
        return List.copyOf(found);
    }

    // Sources

    private static void relay(Source source, List<Finding> found) {
        if (source.active() == null) {
            found.add(critical(
                    "relay-missing",
                    "source " + source.source(),
                    "no session holds its lock; " + source.uncut() + " messages have no position",
                    "Start an outbox node whose SOURCES names " + source.source()
                            + ". If one runs, its log says relay.waiting and why."));
        } else if (source.standbys() == 0) {
            found.add(note(
                    "relay-alone",
                    "source " + source.source(),
                    "its relay leads in session " + source.active().pid() + ", and none would take over",
                    "Run a second outbox node, on another host."));
        }
    }

    private void cut(Source source, Instant now, List<Finding> found) {
        var waiting = Inspection.since(source.oldestUncut(), now);
        if (source.uncut() > 0 && waiting.compareTo(limits.uncut()) > 0) {
            found.add(critical(
                    "cut-late",
                    "source " + source.source(),
                    source.uncut() + " committed messages have no position, the oldest since " + text(waiting),
                    "See relay-missing, lock-held and lock-kept. With none, the log of the node in session "
                            + (source.active() == null
                                    ? "(none)"
                                    : source.active().pid())
                            + " says cut.failed and why; right after a long transaction this passes by itself."));
        }
    }

    private void scheduled(Source source, List<Finding> found) {
        if (source.overdue().compareTo(limits.overdue()) > 0) {
            found.add(warning(
                    "schedule-overdue",
                    "source " + source.source(),
                    "the first of " + source.scheduled() + " scheduled commands has been due for "
                            + text(source.overdue()),
                    "Its relay sends them: see relay-missing; its log says schedule.failed and why."));
        }
    }

    private void sequence(String service, List<Finding> found) {
        long cache = SourceTables.sequenceCache(schemas.in(service));
        if (cache != 1) {
            found.add(critical(
                    "sequence-cache",
                    "source " + service,
                    "the sequence of outbox.id has CACHE " + cache + ": messages of one key may be out of order",
                    "alter table " + service + ".outbox alter column id set cache 1; then restart the nodes of "
                            + service + ", whose sessions keep what they took."));
        }
    }

    // Subscriptions

    private void flow(Subscription subscription, Instant now, List<Finding> found) {
        var subject = subject(subscription);
        var lag = subscription.lag() + (subscription.isLagMore() ? "+" : "") + " messages wait";
        var oldest = Inspection.since(subscription.oldestWaiting(), now);
        switch (subscription.state()) {
            case PAUSED -> {
                var pause = CursorTables.lastPause(
                        schemas.in(subscription.subscription()), subscription.subscription(), subscription.source());
                found.add(warning(
                        "subscription-paused",
                        subject,
                        pause.map(by -> "paused by " + by.by() + " at " + by.at() + ": " + by.why())
                                        .orElse("paused")
                                + "; " + lag,
                        "When it may go on: resume " + subscription.subscription() + " --source "
                                + subscription.source() + " --by YOU --why REASON"));
            }
            case SILENT ->
                found.add(warning(
                        "subscription-silent",
                        subject,
                        "not heard of since " + subscription.heardAt() + "; " + lag + ", and are kept",
                        "Start a node of " + subscription.subscription() + "; if one runs, its log says why it cannot"
                                + " reach the cluster or the database. If it is gone for good: forget "
                                + subscription.subscription() + " --source " + subscription.source()));
            case BEHIND ->
                found.add(warning(
                        "subscription-behind",
                        subject,
                        lag + ", the oldest since " + text(oldest),
                        "See lock-held, lock-kept, parking-full and relay-missing. With none of them its handlers are slow, or failing"
                                + " for want of something: its log says batch.refused and why. More instances share"
                                + " lanes."));
            case FORGOTTEN ->
                found.add(warning(
                        "subscription-forgotten",
                        subject,
                        "has cursors, but " + subscription.source() + " keeps nothing for it",
                        "One that runs is registered again within a minute. If it is gone for good, delete its rows of"
                                + " subscription_cursor."));
            case LIVE -> {} // nothing to tell
        }
    }

    private void cursors(Subscription subscription, List<Finding> found) {
        var subject = subject(subscription);
        long head = subscription.lanes().stream().mapToLong(Lane::head).max().orElse(-1);
        if (head < 0) {
            return; // its source is elsewhere
        }
        var behind = subscription.lanes().stream()
                .filter(lane -> lane.cursor() < lane.pruned() && !isAtItsBeginning(subscription, lane))
                .toList();
        if (!behind.isEmpty()) {
            found.add(critical(
                    "cursor-pruned",
                    subject,
                    "messages after its cursors are deleted, so nothing is delivered any more: " + lanes(behind),
                    "To go on without them: replay " + subscription.subscription() + " --source "
                            + subscription.source() + " --to oldest --by YOU --why REASON"));
        }
        long position = position(subscription.source());
        var ahead = subscription.lanes().stream()
                .filter(lane -> lane.cursor() > position)
                .toList();
        if (!ahead.isEmpty()) {
            found.add(critical(
                    "cursor-ahead",
                    subject,
                    "its cursors are beyond position " + position + " of the source, which was set back: "
                            + lanes(ahead),
                    "replay " + subscription.subscription() + " --source " + subscription.source()
                            + " --to now --by YOU --why REASON, or --to oldest where handlers may run again"));
        }
    }

    /** Such a cursor moves up by itself, when a subscriber runs. */
    private boolean isAtItsBeginning(Subscription subscription, Lane lane) {
        return inspection.services().contains(subscription.subscription())
                && CursorTables.all(schemas.in(subscription.subscription())).stream()
                        .filter(each -> each.subscription().equals(subscription.subscription())
                                && each.source().equals(subscription.source()))
                        .anyMatch(each -> each.beganAt().get(lane.lane()) == lane.cursor());
    }

    private long position(String source) {
        return SourceTables.head(schemas.in(source)).position();
    }

    private void parked(String service, List<Finding> found) {
        var sql = schemas.in(service);
        for (var room : CursorTables.parkedInAll(sql)) {
            if (room.parked() >= limits.parkedMax() * limits.parkedShare()) {
                var isFull = room.parked() >= limits.parkedMax();
                var evidence = room.parked() + " messages are parked, " + limits.parkedMax() + " may be";
                var remedy = "Retry or discard its dead letters, or raise PARKED_MAX of " + room.subscription() + ".";
                found.add(
                        isFull
                                ? critical(
                                        "parking-full",
                                        "subscription " + room.subscription(),
                                        evidence + ": lanes with one more that fails stand still",
                                        remedy)
                                : warning("parking-full", "subscription " + room.subscription(), evidence, remedy));
            }
        }
        for (var dead : CursorTables.dead(sql)) {
            found.add(warning(
                    "dead-letters",
                    "subscription " + dead.subscription() + " of " + dead.source(),
                    dead.count() + " wait for a person, the first since " + text(dead.age()) + ": " + dead.type() + " "
                            + dead.messageId() + ", " + dead.reason()
                            + (dead.error() == null ? "" : ", " + dead.error()),
                    "dead-letters --service " + service + "; then retry or discard them"));
        }
        for (var failing : CursorTables.failing(sql)) {
            if (failing.age().compareTo(limits.parked()) > 0) {
                found.add(warning(
                        "key-parked",
                        "key " + failing.key() + " at " + failing.subscription(),
                        failing.type() + " " + failing.messageId() + " of " + failing.source()
                                + " has been failing for "
                                + text(failing.age()) + ", " + failing.count() + " wait behind it: " + failing.reason()
                                + (failing.error() == null ? "" : ", " + failing.error()),
                        "dead-letters show " + failing.messageId()
                                + " has the stack. It is tried again by itself; what is mended meanwhile is enough."));
            }
        }
    }

    // Sessions

    private void sessions(List<Finding> found) {
        var sql = inspection.server();
        locks(sql, found);
        for (var open : ServerTables.open(sql, limits.transaction())) {
            found.add(warning(
                    "transaction-open",
                    "session " + open.pid() + " (" + session(open.application(), open.address(), open.state()) + ")",
                    "its transaction is open for " + text(open.age()) + ", its last statement began "
                            + text(open.queryAge()) + " ago: " + open.query()
                            + ". Dead rows cannot be removed meanwhile"
                            + (open.hasWritten() ? ", and what it wrote or locked waits for its end" : ""),
                    "If it is not a dump or report that must run: " + terminate(open.pid())));
        }
        for (var prepared : ServerTables.prepared(sql, limits.transaction())) {
            found.add(warning(
                    "transaction-prepared",
                    "prepared transaction '" + prepared.gid() + "' of " + prepared.role(),
                    "nobody has committed it for " + text(prepared.age())
                            + "; its locks are held and dead rows cannot be removed",
                    "Its coordinator should end it; by hand: rollback prepared '" + prepared.gid() + "'"));
        }
        for (var slot : ServerTables.slots(sql)) {
            found.add(warning(
                    "slot-inactive",
                    "replication slot " + slot.name() + " (" + slot.type() + ")",
                    "nobody reads it; it keeps " + bytes(slot.keptBytes()) + " of WAL, status " + slot.walStatus()
                            + (slot.pinsRows() ? ", and dead rows cannot be removed" : ""),
                    "Start its reader, or drop it: select pg_drop_replication_slot('" + slot.name() + "')"));
        }
        if (!ServerTables.seesAll(sql)) {
            found.add(note(
                    "view-limited",
                    "the role of DATABASE_URL",
                    "may not see what sessions of other roles do",
                    "grant pg_monitor to the role, or give the doctor a DATABASE_URL of one that may."));
        }
    }

    private void locks(Sql sql, List<Finding> found) {
        var waits = new LinkedHashMap<String, List<ServerTables.Blocked>>();
        for (var blocked : ServerTables.blocked(sql, limits.lockWait())) {
            var subject = waiter(blocked.waiter(), blocked.waiterQuery());
            waits.computeIfAbsent(subject + " " + blocked.pid(), first -> new ArrayList<>())
                    .add(blocked);
        }
        waits.values().forEach(all -> {
            var longest = all.stream()
                    .max(Comparator.comparing(ServerTables.Blocked::waited))
                    .orElseThrow();
            found.add(critical(
                    "lock-held",
                    waiter(longest.waiter(), longest.waiterQuery()),
                    "waits for " + text(longest.waited())
                            + (all.size() > 1 ? ", and " + (all.size() - 1) + " more," : "")
                            + " for session " + longest.pid() + " ("
                            + session(longest.application(), longest.address(), longest.state())
                            + ", transaction open for " + text(longest.age()) + "), last: " + longest.query(),
                    terminate(longest.pid())));
        });
        for (var kept : ServerTables.kept(sql, limits.lockWait())) {
            found.add(warning(
                    "lock-kept",
                    "table " + kept.service() + "." + kept.relation(),
                    "session " + kept.pid() + " (" + session(kept.application(), kept.address(), kept.state())
                            + ") keeps a " + kept.mode() + " for " + text(kept.age())
                            + ", which may hold cuts or lanes; last: " + kept.query(),
                    terminate(kept.pid())));
        }
    }

    /** A relay's session waits for its cut; a service's that moves a cursor holds a lane. */
    private static String waiter(String application, String query) {
        var relay = "postbus relay ";
        if (application.startsWith(relay)) {
            return "the cut of " + application.substring(relay.length());
        }
        var service = application.replaceFirst("^postbus ", "");
        return query.contains("update subscription_cursor") ? "a lane of " + service : "a statement of " + service;
    }

    private static String session(String application, String address, String state) {
        return (application.isEmpty() ? "no name" : application) + ", " + address + ", " + state;
    }

    private static String terminate(int pid) {
        return "select pg_terminate_backend(" + pid + ")";
    }

    // The server

    private void server(List<Finding> found) {
        var sql = inspection.server();
        for (var table : ServerTables.vacuumOff(sql)) {
            var isServer = table.equals("server");
            found.add(warning(
                    "vacuum-off",
                    isServer ? "the server" : "table " + table,
                    "autovacuum is off: dead rows stay, and statements get slower",
                    isServer
                            ? "Set autovacuum and track_counts to on."
                            : "alter table " + table + " reset (autovacuum_enabled)"));
        }
        for (var rows : ServerTables.deadRows(sql, limits.deadRows())) {
            found.add(warning(
                    "rows-dead",
                    "table " + rows.table(),
                    rows.dead() + " dead rows beside " + rows.live() + ", " + bytes(rows.bytes()) + ", last vacuumed "
                            + (rows.vacuumedAt() == null
                                    ? "never"
                                    : rows.vacuumedAt().toString()),
                    "See transaction-open, transaction-prepared, slot-inactive and vacuum-off; then: vacuum "
                            + rows.table()));
        }
        var connections = ServerTables.connections(sql);
        if (connections.used() >= connections.available() * limits.connectionsShare()) {
            found.add(warning(
                    "connections-scarce",
                    "the server",
                    connections.used() + " of " + connections.available() + " connections are used: "
                            + connections.most(),
                    "Lower DATABASE_POOL_SIZE or RELAY_READERS, run fewer nodes, or raise max_connections."));
        }
        size(sql, found);
    }

    private void size(Sql sql, List<Finding> found) {
        var size = ServerTables.size(sql);
        if (size.bytes() > limits.databaseBytes()) {
            found.add(warning(
                    "database-large",
                    "the database",
                    bytes(size.bytes()) + "; largest: " + size.largest(),
                    "See how much room its disk has. Subscriptions that are silent, paused or behind keep messages longer"
                            + " than RETENTION; a shorter RETENTION deletes within minutes."));
        }
    }

    // Words

    private static String subject(Subscription subscription) {
        return "subscription " + subscription.subscription() + " of " + subscription.source();
    }

    private static String lanes(List<Lane> lanes) {
        return lanes.stream()
                .map(lane -> "lane " + lane.lane() + " at " + lane.cursor() + ", deleted up to " + lane.pruned())
                .collect(Collectors.joining("; "));
    }

    /** {@code 3 s}, {@code 12 min}, {@code 5 h}, {@code 2 d}: what a person takes in at a glance. */
    public static String text(Duration duration) {
        if (duration.toSeconds() < 120) {
            return duration.toSeconds() + " s";
        }
        if (duration.toMinutes() < 120) {
            return duration.toMinutes() + " min";
        }
        return duration.toHours() < 48 ? duration.toHours() + " h" : duration.toDays() + " d";
    }

    private static String bytes(long bytes) {
        return bytes < 1 << 20
                ? bytes / 1024 + " KiB"
                : bytes < 1L << 30
                        ? bytes / (1 << 20) + " MiB"
                        : String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
    }
}
