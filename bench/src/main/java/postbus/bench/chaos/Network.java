package postbus.bench.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import postbus.node.process.Launch;
import postbus.testkit.network.Host;
import postbus.testkit.network.Hosts;

/** The hosts of a run: network namespaces that nodes are spread over, and what can be wrong between them. */
final class Network implements AutoCloseable {
    private final Hosts hosts;
    private final Map<String, Host> parties;
    private final String databaseUrl;

    private Network(Hosts hosts, String databaseUrl) {
        this.hosts = hosts;
        this.databaseUrl = databaseUrl;
        this.parties = Stream.concat(hosts.all().stream(), Stream.of(hosts.database()))
                .collect(Collectors.toUnmodifiableMap(Host::name, Function.identity()));
    }

    /** The names that {@link #create} gives to so many hosts. */
    static List<String> names(int count) {
        return Stream.iterate(1, nth -> nth + 1)
                .limit(count)
                .map(nth -> "host-" + nth)
                .toList();
    }

    /** @param databaseUrl where this process reaches the database */
    static Network create(int count, String databaseUrl) {
        var hosts = Hosts.create(count);
        return new Network(hosts, hosts.publish(databaseUrl));
    }

    /** The same launch on one of the hosts, by turns. */
    Launch place(Launch launch, int turn) {
        return host(turn).on(launch).with(Map.of("CLUSTER_MEMBERS", hosts.addresses(), "DATABASE_URL", databaseUrl));
    }

    /** The host that this turn falls on. */
    Host host(int turn) {
        return hosts.all().get(turn % hosts.all().size());
    }

    /** Lets a fault of the network be, and returns when it is over. */
    void suffer(Fault fault) {
        var wrong = switch (fault) {
            case Fault.Cut cut -> hosts.cut(parties(cut.some()), parties(cut.others()));
            case Fault.Unplug unplug -> hosts.unplug(party(unplug.host()));
            case Fault.Deafen deafen -> hosts.deafen(party(deafen.host()));
            case Fault.Lose lose -> hosts.lose(party(lose.host()), lose.percent());
            case Fault.Delay delay -> hosts.delay(party(delay.host()), delay.delay());
            default -> throw new IllegalArgumentException("not of the network: " + FaultText.write(fault));
        };
        try {
            pass(fault.duration());
        } finally {
            wrong.heal();
        }
    }

    private static void pass(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private List<Host> parties(List<String> names) {
        return names.stream().map(this::party).toList();
    }

    private Host party(String name) {
        var party = parties.get(name);
        if (party == null) {
            throw new IllegalArgumentException("no host " + name);
        }
        return party;
    }

    @Override
    public void close() {
        hosts.close();
    }
}
