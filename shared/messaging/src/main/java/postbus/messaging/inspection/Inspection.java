package postbus.messaging.inspection;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import postbus.messaging.inspection.Status.Lane;
import postbus.messaging.inspection.Status.Source;
import postbus.messaging.inspection.Status.State;
import postbus.messaging.inspection.Status.Subscription;
import postbus.messaging.transaction.Sql;

/** Looks at the schemas of a database. Blocks: for virtual threads and commands. */
public final class Inspection {
    private final Schemas schemas;
    private final Limits limits;

    public Inspection(Schemas schemas, Limits limits) {
        this.schemas = schemas;
        this.limits = limits;
    }

    /** Every schema that has the tables of messages, by name. */
    public List<String> services() {
        return ServerTables.services(server());
    }

    /** How everything is now, of all services. */
    public Status status() {
        var services = services();
        var registered = new HashMap<String, List<SourceTables.Registered>>();
        var cursors = new HashMap<String, List<CursorTables.Cursors>>();
        for (var service : services) {
            registered.put(service, SourceTables.registered(schemas.in(service)));
            cursors.put(service, CursorTables.all(schemas.in(service)));
        }
        var subscriptions = new ArrayList<Subscription>();
        for (var service : services) {
            for (var each : cursors.getOrDefault(service, List.of())) {
                var known = registered.getOrDefault(each.source(), List.of()).stream()
                        .filter(one -> one.name().equals(each.subscription()))
                        .findFirst()
                        .orElse(null);
                subscriptions.add(subscription(service, each, known, services.contains(each.source())));
            }
        }
        var sources = services.stream()
                .filter(service -> !registered.getOrDefault(service, List.of()).isEmpty()
                        || SourceTables.isUsed(schemas.in(service)))
                .map(this::source)
                .toList();
        subscriptions.addAll(elsewhere(registered, subscriptions));
        subscriptions.sort(
                (a, b) -> (a.subscription() + " " + a.source()).compareTo(b.subscription() + " " + b.source()));
        return new Status(ServerTables.now(server()), sources, List.copyOf(subscriptions));
    }

    /** Statements about the whole server. */
    Sql server() {
        return schemas.in("pg_catalog");
    }

    private Source source(String name) {
        var sql = schemas.in(name);
        var head = SourceTables.head(sql);
        var leader = ServerTables.leader(server(), name);
        return new Source(
                name,
                head.position(),
                head.uncut(),
                head.oldestUncut(),
                head.scheduled(),
                head.overdue(),
                leader,
                ServerTables.standbys(server(), name, leader == null ? 0 : leader.pid()));
    }

    private Subscription subscription(
            String service, CursorTables.Cursors cursors, SourceTables.@Nullable Registered known, boolean isHere) {
        var parked = CursorTables.parked(schemas.in(service), cursors.subscription(), cursors.source());
        var behind = isHere
                ? SourceTables.behind(schemas.in(cursors.source()), cursors.positions())
                : SourceTables.Behind.unknown(cursors.positions());
        var state = cursors.isPaused()
                ? State.PAUSED
                : known == null && isHere ? State.FORGOTTEN : known == null ? State.LIVE : state(known, behind);
        return new Subscription(
                cursors.subscription(),
                cursors.source(),
                state,
                behind.count(),
                behind.isMore(),
                behind.oldest(),
                known == null ? null : known.announcedAt(),
                parked.parked(),
                parked.dead(),
                behind.lanes());
    }

    private State state(SourceTables.Registered known, SourceTables.Behind behind) {
        if (known.silent().compareTo(limits.silence()) > 0) {
            return State.SILENT;
        }
        return behind.waiting().compareTo(limits.lag()) > 0 ? State.BEHIND : State.LIVE;
    }

    /** Registered here, with their cursors in another database: known as far as their relay heard. */
    private List<Subscription> elsewhere(
            Map<String, List<SourceTables.Registered>> registered, List<Subscription> here) {
        var found = new ArrayList<Subscription>();
        registered.forEach((source, all) -> all.stream()
                .filter(each -> here.stream()
                        .noneMatch(one -> one.subscription().equals(each.name())
                                && one.source().equals(source)))
                .forEach(each -> {
                    var behind = SourceTables.behind(schemas.in(source), each.cursors());
                    found.add(new Subscription(
                            each.name(),
                            source,
                            state(each, behind),
                            behind.count(),
                            behind.isMore(),
                            behind.oldest(),
                            each.announcedAt(),
                            0,
                            0,
                            behind.lanes()));
                }));
        return found;
    }

    /** How long ago, or zero. */
    static Duration since(@Nullable Instant then, Instant now) {
        return then == null || then.isAfter(now) ? Duration.ZERO : Duration.between(then, now);
    }

    static List<Lane> lanes(List<Long> cursors, List<Long> heads, List<Long> pruned) {
        var lanes = new ArrayList<Lane>(cursors.size());
        for (int lane = 0; lane < cursors.size(); lane++) {
            lanes.add(new Lane(lane, cursors.get(lane), heads.get(lane), pruned.get(lane)));
        }
        return List.copyOf(lanes);
    }
}
