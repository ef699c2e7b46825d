package postbus.testkit.network;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * Hosts on a network of their own, each a network namespace with its own address, and faults between them. Two more
 * parties are in this process's own namespace: {@link #here}, from which clients come, and {@link #database}, behind
 * which a Postgres on loopback can be reached; both can be cut off like any other.
 *
 * <p>Faults stop packets on the switch, so that neither end is told: what is lost is lost in silence. Thread-safe.
 * Closing removes everything; processes on the hosts are to be ended before. What a killed run left behind is removed
 * by the next one.
 */
public final class Hosts implements AutoCloseable {
    /** Most hosts of one network. */
    public static final int HOSTS_MAX = 100;

    private static final String REQUIRED = "NETWORK_TESTS";
    private static final Pattern OURS = Pattern.compile("postbus-(\\d+)-\\d+-\\S+");
    private static final AtomicInteger COUNT = new AtomicInteger();

    private interface Rules {
        /** Lines of nftables for the switch. */
        Stream<String> lines();
    }

    private final String prefix;
    private final String uplink;
    private final String switchboard;
    private final String subnet;
    private final Host here;
    private final Host database;
    private final List<Host> all = new ArrayList<>();
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final Set<Rules> rules = new LinkedHashSet<>();
    private final Set<Fault> faults = new LinkedHashSet<>();
    private final List<Forwarder> databases = new ArrayList<>();

    private Hosts() {
        long pid = ProcessHandle.current().pid();
        int nth = COUNT.incrementAndGet();
        prefix = "postbus-" + pid + "-" + nth + "-";
        uplink = "pb" + pid + "-" + nth;
        switchboard = prefix + "switch";
        subnet = freeSubnet();
        here = new Host("here", subnet + ".1", "");
        database = new Host("database", subnet + ".2", "");
    }

    /** Skips the calling test where network namespaces are not permitted; fails it there if {@code NETWORK_TESTS=required}. */
    public static void assumePossible() {
        var why = whyImpossible();
        if (why.isPresent() && "required".equals(System.getenv(REQUIRED))) {
            throw new AssertionError(REQUIRED + "=required, but there can be no network namespaces: " + why.get());
        }
        Assumptions.assumeTrue(why.isEmpty(), () -> "no network namespaces here: " + why.orElseThrow());
    }

    /** Why there can be no hosts on this machine; empty if there can. Tries it. */
    public static Optional<String> whyImpossible() {
        try {
            create(0).close();
            return Optional.empty();
        } catch (RuntimeException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Makes a network with so many hosts, {@code host-1} and on; 0 to {@value #HOSTS_MAX}. */
    public static Hosts create(int count) {
        if (count < 0 || count > HOSTS_MAX) {
            throw new IllegalArgumentException("0 to " + HOSTS_MAX + " hosts, not " + count);
        }
        removeLeftovers();
        var hosts = new Hosts();
        try {
            hosts.build(count);
        } catch (RuntimeException e) {
            hosts.close();
            throw e;
        }
        return hosts;
    }

    private void build(int count) {
        Shell.run("ip", "netns", "add", switchboard);
        Shell.run("ip", "-n", switchboard, "link", "add", "lan", "type", "bridge");
        Shell.run("ip", "-n", switchboard, "link", "set", "lan", "up");
        Shell.run("ip", "link", "add", uplink, "type", "veth", "peer", "name", "up0", "netns", switchboard);
        Shell.run("ip", "-n", switchboard, "link", "set", "up0", "master", "lan", "up");
        Shell.run("ip", "addr", "add", here.address() + "/24", "dev", uplink);
        Shell.run("ip", "addr", "add", database.address() + "/24", "dev", uplink);
        Shell.run("ip", "link", "set", uplink, "up");
        for (int nth = 1; nth <= count; nth++) {
            var host = new Host("host-" + nth, subnet + "." + (10 + nth), prefix + "host-" + nth);
            var port = "port" + nth;
            Shell.run("ip", "netns", "add", host.namespace());
            Shell.run(
                    "ip",
                    "-n",
                    switchboard,
                    "link",
                    "add",
                    port,
                    "type",
                    "veth",
                    "peer",
                    "name",
                    "eth0",
                    "netns",
                    host.namespace());
            Shell.run("ip", "-n", switchboard, "link", "set", port, "master", "lan", "up");
            Shell.run("ip", "-n", host.namespace(), "addr", "add", host.address() + "/24", "dev", "eth0");
            Shell.run("ip", "-n", host.namespace(), "link", "set", "lo", "up");
            Shell.run("ip", "-n", host.namespace(), "link", "set", "eth0", "up");
            all.add(host);
            ports.put(host.name(), nth);
        }
        applyRules();
    }

    /** The hosts, without {@link #here} and {@link #database}. */
    public List<Host> all() {
        return List.copyOf(all);
    }

    /** The nth host, from 1. */
    public Host host(int nth) {
        return all.get(nth - 1);
    }

    /** Where this process is. */
    public Host here() {
        return here;
    }

    /** Where the hosts reach a database that was {@link #publish published}. */
    public Host database() {
        return database;
    }

    /** The addresses of all hosts, comma-separated, as {@code CLUSTER_MEMBERS} takes them. */
    public String addresses() {
        return all.stream().map(Host::address).collect(Collectors.joining(","));
    }

    /**
     * Lets the hosts reach a Postgres that this process can reach.
     *
     * @param databaseUrl {@code postgresql://user:password@host:port/database}
     * @return the same with the address that holds on the hosts, and here
     */
    public synchronized String publish(String databaseUrl) {
        var url = URI.create(databaseUrl);
        var forwarder =
                Forwarder.start(database.address(), new InetSocketAddress(url.getHost(), url.getPort()), Duration.ZERO);
        databases.add(forwarder);
        return databaseUrl.replaceFirst("@[^/]*/", "@" + database.address() + ":" + forwarder.port() + "/");
    }

    /** Nothing passes between these and those. Parties in neither group go on with both. */
    public Fault cut(Collection<Host> these, Collection<Host> those) {
        return stop(Stream.concat(pairs(these, those), pairs(those, these)).toList(), "drop");
    }

    /** What these send to those is lost; the other direction passes. */
    public Fault cutOneWay(Collection<Host> senders, Collection<Host> receivers) {
        return stop(pairs(senders, receivers).toList(), "drop");
    }

    /** The host hears no other host any more, though they hear it. It still reaches the database. */
    public Fault deafen(Host host) {
        return cutOneWay(all.stream().filter(other -> !other.equals(host)).toList(), List.of(host));
    }

    /** Each packet to and from this host, whoever is at the other end, is lost with this probability; 0 to 100. */
    public Fault lose(Host host, int percent) {
        if (percent < 0 || percent > 100) {
            throw new IllegalArgumentException("0 to 100 percent, not " + percent);
        }
        var chance = "numgen random mod 100 < " + percent + " drop";
        return add(() ->
                Stream.of("ip saddr " + host.address() + " " + chance, "ip daddr " + host.address() + " " + chance));
    }

    /** Pulls the host's cable: it is alone. */
    public synchronized Fault unplug(Host host) {
        var port = "port" + ports.get(host.name());
        Shell.run("ip", "-n", switchboard, "link", "set", port, "down");
        return keep(() -> Shell.run("ip", "-n", switchboard, "link", "set", port, "up"));
    }

    /**
     * Everything between this host and any other, and the database, takes so much longer in each direction, by way of
     * a proxy for each port on which they listen now. What listens later is not delayed. Connections that were open are
     * reset, here and at the end of the fault. Between the two hosts of a delayed connection other faults of theirs are
     * not felt.
     */
    public synchronized Fault delay(Host host, Duration oneWay) {
        var proxies = new ArrayList<Forwarder>();
        var others = all.stream().filter(other -> !other.equals(host)).toList();
        var towards = ports(host).stream()
                .map(port -> redirect(host, port, proxy(host, port, oneWay, proxies)))
                .toList();
        var away = new ArrayList<String>();
        for (var other : others) {
            ports(other).forEach(port -> away.add(redirect(other, port, proxy(other, port, oneWay, proxies))));
        }
        for (var published : databases) {
            var port = published.port();
            away.add(redirect(database, port, proxy(database, port, oneWay, proxies)));
        }
        var table = "delay" + COUNT.incrementAndGet();
        var direct = Stream.concat(others.stream(), Stream.of(database))
                .map(Host::address)
                .toList();
        Shell.runWith(delayTable(table, away, direct), inside(host, "nft", "-f", "-"));
        others.forEach(
                on -> Shell.runWith(delayTable(table, towards, List.of(host.address())), inside(on, "nft", "-f", "-")));
        return keep(() -> {
            all.forEach(on -> Shell.run(inside(on, "nft", "delete", "table", "ip", table)));
            proxies.forEach(Forwarder::close);
        });
    }

    private Forwarder proxy(Host target, int port, Duration oneWay, List<Forwarder> proxies) {
        var proxy = Forwarder.start(here.address(), new InetSocketAddress(target.address(), port), oneWay);
        proxies.add(proxy);
        return proxy;
    }

    private String redirect(Host target, int port, Forwarder proxy) {
        return "ip daddr " + target.address() + " tcp dport " + port + " dnat to " + here.address() + ":"
                + proxy.port();
    }

    private static String delayTable(String name, List<String> redirects, List<String> direct) {
        return """
                table ip %s {
                    chain connect {
                        type nat hook output priority -100;
                        %s
                    }
                    chain direct {
                        type filter hook input priority 0;
                        ip saddr { %s } ct status & dnat == 0 tcp flags & rst == 0 reject with tcp reset
                    }
                }
                """.formatted(name, String.join("\n        ", redirects), String.join(", ", direct));
    }

    /** TCP ports on which anything on this host listens for others. */
    private static Set<Integer> ports(Host host) {
        var tables = Shell.run(inside(host, "cat", "/proc/net/tcp", "/proc/net/tcp6"));
        return tables.lines()
                .map(line -> line.strip().split("\\s+", -1))
                .filter(fields -> fields.length > 3 && fields[3].equals("0A"))
                .filter(fields -> !fields[1].startsWith("0100007F:"))
                .map(fields -> Integer.parseInt(fields[1].substring(fields[1].indexOf(':') + 1), 16))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static String[] inside(Host host, String... command) {
        return Stream.concat(Stream.of(host.prefix()), Stream.of(command)).toArray(String[]::new);
    }

    /** Ends every fault. */
    public synchronized void heal() {
        List.copyOf(faults).forEach(Fault::heal);
    }

    private static Stream<String> pairs(Collection<Host> senders, Collection<Host> receivers) {
        return senders.stream()
                .flatMap(sender -> receivers.stream()
                        .map(receiver -> "ip saddr " + sender.address() + " ip daddr " + receiver.address()));
    }

    private Fault stop(List<String> packets, String verdict) {
        return add(() -> packets.stream().map(match -> match + " " + verdict));
    }

    private synchronized Fault add(Rules added) {
        rules.add(added);
        applyRules();
        return keep(() -> {
            rules.remove(added);
            applyRules();
        });
    }

    private Fault keep(Runnable end) {
        var fault = new Fault() {
            @Override
            public void heal() {
                synchronized (Hosts.this) {
                    if (faults.remove(this)) {
                        end.run();
                    }
                }
            }
        };
        faults.add(fault);
        return fault;
    }

    /** All at once: there is no moment without the rules that stay. */
    private void applyRules() {
        Shell.runWith(
                """
                table bridge faults {
                    chain forward { type filter hook forward priority 0; policy accept; }
                }
                flush chain bridge faults forward
                """
                        + rules.stream()
                                .flatMap(Rules::lines)
                                .map(line -> "add rule bridge faults forward " + line + "\n")
                                .collect(Collectors.joining()),
                "ip",
                "netns",
                "exec",
                switchboard,
                "nft",
                "-f",
                "-");
    }

    /** Of 198.18.0.0/15, which is set aside for tests of networks. */
    private static String freeSubnet() {
        var taken = Shell.run("ip", "-o", "-4", "addr");
        for (int tried = 0; tried < 512; tried++) {
            int nth = (int) ((ProcessHandle.current().pid() * 7 + COUNT.get() + tried) % 512);
            var subnet = "198." + (18 + nth / 256) + "." + nth % 256;
            if (!taken.contains(" " + subnet + ".")) {
                return subnet;
            }
        }
        throw new IllegalStateException("all of 198.18.0.0/15 is in use");
    }

    private static void removeLeftovers() {
        for (var namespace : namespaces()) {
            var ours = OURS.matcher(namespace);
            if (ours.matches()
                    && ProcessHandle.of(Long.parseLong(ours.group(1))).isEmpty()) {
                Shell.run("ip", "netns", "pids", namespace)
                        .lines()
                        .map(String::strip)
                        .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream())
                        .forEach(ProcessHandle::destroyForcibly);
                Shell.run("ip", "netns", "del", namespace);
            }
        }
    }

    private static List<String> namespaces() {
        return Shell.run("ip", "netns", "list")
                .lines()
                .map(line -> line.strip().split("\\s", 2)[0])
                .toList();
    }

    @Override
    public synchronized void close() {
        databases.forEach(Forwarder::close);
        databases.clear();
        List.copyOf(faults).forEach(Fault::heal);
        for (var namespace : namespaces()) {
            if (namespace.startsWith(prefix)) {
                Shell.run("ip", "netns", "del", namespace);
            }
        }
    }
}
