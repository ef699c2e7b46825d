package postbus.bench.jmh;

import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import postbus.bench.work.Server;
import postbus.messaging.wire.Wire;
import postbus.node.Database;

/** A server with an empty database, and a Vert.x that can ask it. */
final class Postgres implements AutoCloseable {
    private static final int CONNECTIONS = 4;

    private final Vertx vertx = Vertx.vertx();
    private final Server server = new Server();
    private final Database database = new Database(Server.databaseUrl(server.create("jmh")), CONNECTIONS);

    Postgres() {
        Wire.register(vertx);
    }

    Vertx vertx() {
        return vertx;
    }

    /** On a service's schema, migrated. */
    Pool pool(String service) {
        database.migrate(service, true);
        return database.pool(vertx, service);
    }

    @Override
    public void close() {
        vertx.close().await();
        server.close();
    }
}
