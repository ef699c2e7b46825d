package postbus.bench.peers;

import postbus.bench.subject.Conversation;
import postbus.bench.subject.Subject;
import postbus.bench.subject.Tables;
import postbus.bench.subject.Watch;
import postbus.bench.subject.Work;

/**
 * One peer in this process. Arguments are its name, the JDBC URL of an empty database, and how many producers commit at
 * the same time; see {@link Conversation} for what it is told then.
 */
public final class PeerMain {
    private PeerMain() {}

    public static void main(String[] arguments) {
        var name = arguments[0];
        var url = arguments[1];
        int producers = Integer.parseInt(arguments[2]);
        Conversation.hold(() -> {
            var watch = new Watch();
            var tables = new Tables(url);
            var site = new Site(tables, Site.pool(url, producers), watch, url);
            return Work.of(peer(name, site), watch, tables, producers);
        });
    }

    private static Subject peer(String name, Site site) {
        return switch (name) {
            case "gruelbox" -> new Gruelbox(site);
            case "db-scheduler" -> new DbScheduler(site);
            case "namastack" -> new Namastack(site);
            case "modulith" -> new Modulith(site);
            case "debezium" -> new Debezium(site, Debezium.Effects.ONE_EACH);
            case "debezium-batch" -> new Debezium(site, Debezium.Effects.BATCHED);
            default -> throw new IllegalArgumentException("not a peer: " + name);
        };
    }
}
