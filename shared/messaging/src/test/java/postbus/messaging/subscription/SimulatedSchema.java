package postbus.messaging.subscription;

import java.util.List;
import java.util.UUID;
import postbus.messaging.Envelope;
import postbus.messaging.simulation.model.Database;
import postbus.messaging.simulation.model.Mutation;
import postbus.messaging.simulation.model.Table;
import postbus.messaging.simulation.model.Tx;

/** The tables {@code subscription_cursor} and {@code parked_message} of one subscription to one source. */
public final class SimulatedSchema {
    private static final int WINDOW = 4;

    private final String subscription;
    private final Database database;
    private final Mutation mutation;
    private final Table<Integer, Cursor> cursors;
    private final Table<Long, Parked> parked;
    private final Table<Integer, UUID> window;

    /** @param position up to where the lane is applied */
    record Cursor(long position) {
        Cursor at(long next) {
            return new Cursor(next);
        }
    }

    public SimulatedSchema(String subscription, Database database, Mutation mutation) {
        this.subscription = subscription;
        this.database = database;
        this.mutation = mutation;
        this.cursors = new Table<>(database, "cursor");
        this.parked = new Table<>(database, "parked");
        this.window = new Table<>(database, "window");
    }

    String subscription() {
        return subscription;
    }

    Database database() {
        return database;
    }

    Mutation mutation() {
        return mutation;
    }

    Table<Integer, Cursor> cursors() {
        return cursors;
    }

    Table<Long, Parked> parked() {
        return parked;
    }

    /** {@code CursorTable.register}, in a transaction of its own. */
    public void register(List<Long> startAt) {
        var tx = database.begin();
        for (int lane = 0; lane < startAt.size(); lane++) {
            cursors.insert(tx, lane, new Cursor(startAt.get(lane)));
        }
        tx.commit();
    }

    /** {@code CursorTable.all}, by lane; empty when not registered. */
    public List<Long> positions() {
        var tx = database.begin();
        var positions = cursors.select(tx, database.snapshot()).stream()
                .map(Cursor::position)
                .toList();
        tx.commit();
        return positions;
    }

    /** The mutation {@link Mutation#DEDUPE_WINDOW}: whether a message is none of the last few, of which it then is one. */
    boolean isNotAmongTheLast(Tx tx, int lane, Envelope message) {
        int first = lane * WINDOW;
        for (int slot = first; slot < first + WINDOW; slot++) {
            if (message.id().equals(window.find(tx, database.snapshot(), slot))) {
                return false;
            }
        }
        int slot = first + (int) (message.id().getLeastSignificantBits() % WINDOW);
        if (!window.insert(tx, slot, message.id())) {
            window.update(tx, database.snapshot(), slot, any -> true, old -> message.id());
        }
        return true;
    }
}
