package postbus.messaging.relay;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;

/** Where a relay gets the session it leads and cuts in, injected so that a simulation can be the database. */
@FunctionalInterface
interface Sessions {
    /** Opens a session of its own, on the event loop. */
    Future<PgConnection> open(Vertx vertx);

    static Sessions of(PgConnectOptions database) {
        return vertx -> PgConnection.connect(vertx, database);
    }
}
