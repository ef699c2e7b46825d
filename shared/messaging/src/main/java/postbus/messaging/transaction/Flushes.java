package postbus.messaging.transaction;

import io.netty.handler.flush.FlushConsolidationHandler;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.impl.SocketConnectionBase;
import io.vertx.sqlclient.internal.SqlConnectionInternal;

/**
 * Has the statements that are given to a connection in one turn of its event loop go to the server in one write. The
 * client flushes each by itself: a transaction of four statements would wake the server's process four times.
 */
final class Flushes {
    private static final String NAME = "postbus-flushes";

    private Flushes() {}

    /** From now on, for as long as the connection lives. On its event loop. */
    static void gather(SqlConnection connection) {
        if (connection instanceof SqlConnectionInternal pooled
                && pooled.unwrap().unwrap() instanceof SocketConnectionBase connected) {
            var handlers = connected.socket().channelHandlerContext().pipeline();
            if (handlers.get(NAME) == null) {
                handlers.addFirst(
                        NAME,
                        new FlushConsolidationHandler(
                                FlushConsolidationHandler.DEFAULT_EXPLICIT_FLUSH_AFTER_FLUSHES, true));
            }
        }
    }
}
