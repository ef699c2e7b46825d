package postbus.bench.peers;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import postbus.bench.subject.Order;
import postbus.bench.subject.Tables;
import postbus.bench.subject.Watch;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where a peer works.
 *
 * @param pool of connections that commit by themselves until told otherwise
 * @param url of the database, for JDBC, with user and password
 */
record Site(Tables tables, HikariDataSource pool, Watch watch, String url) {
    /** Threads of a peer that handle messages. */
    static final int HANDLERS = 16;

    /** Connections beyond those of producers and handlers, for what a peer does besides. */
    private static final int MORE_CONNECTIONS = 16;

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern VERSION_OF_JAR = Pattern.compile("-(\\d[^/]*)\\.jar");

    static HikariDataSource pool(String url, int producers) {
        var config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(producers + HANDLERS + MORE_CONNECTIONS);
        return new HikariDataSource(config);
    }

    /** Those that all peers have; a peer adds its own. */
    Map<String, String> settings() {
        var settings = new LinkedHashMap<String, String>();
        settings.put("handlers", HANDLERS + " threads");
        settings.put("connections", "at most " + pool.getMaximumPoolSize());
        return settings;
    }

    static String json(Order order) {
        return JSON.writeValueAsString(order);
    }

    static Order order(String json) {
        return JSON.readValue(json, Order.class);
    }

    /** What the text of a JSON string says. */
    static String text(String json) {
        return JSON.readValue(json, String.class);
    }

    /** Of the jar that has a class. */
    static String version(Class<?> type) {
        var jar = VERSION_OF_JAR.matcher(
                type.getProtectionDomain().getCodeSource().getLocation().getPath());
        return jar.find() ? jar.group(1) : "unknown";
    }

    /** The whole handler for a peer that lends it no transaction: the effect is one of its own. */
    void handle(Order order) throws SQLException {
        watch.handled(order);
        try (var connection = pool.getConnection()) {
            Tables.handle(connection, order);
        }
    }
}
