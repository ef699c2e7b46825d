package postbus.bench.work;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What can be measured, and how its process is started.
 *
 * @param classPath of its own, so that no system meets the libraries of another's maker unless it must
 */
record Candidate(String name, String main, String classPath) {
    static final String PLAIN_SQL = "plain-sql";
    static final String POSTBUS = "postbus";

    /** Those that {@code postbus.bench.peers} knows. */
    static final List<String> PEERS =
            List.of("gruelbox", "db-scheduler", "namastack", "modulith", "debezium", "debezium-batch");

    private static final String PEER_MAIN = "postbus.bench.peers.PeerMain";
    private static final Path PEERS_FOLDER = Path.of("bench", "peers", "target");

    /** Plain SQL, Postbus, and these peers. */
    static List<Candidate> of(List<String> peers) {
        var own = System.getProperty("java.class.path");
        var all = new ArrayList<Candidate>();
        all.add(new Candidate(PLAIN_SQL, SubjectMain.class.getName(), own));
        all.add(new Candidate(POSTBUS, SubjectMain.class.getName(), own));
        var jar = PEERS_FOLDER.resolve("bench-peers.jar");
        if (!peers.isEmpty() && !Files.exists(jar)) {
            throw new IllegalStateException(
                    "not built: " + jar + ", ./mvnw package -DskipTests -pl bench/peers -am builds it");
        }
        for (var peer : peers) {
            all.add(new Candidate(
                    peer, PEER_MAIN, jar + File.pathSeparator + PEERS_FOLDER.resolve("lib") + File.separator + "*"));
        }
        return all;
    }
}
