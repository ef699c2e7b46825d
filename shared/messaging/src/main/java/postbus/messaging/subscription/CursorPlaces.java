package postbus.messaging.subscription;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import postbus.messaging.wire.Batch;

/**
 * Where the rows of a subscription's cursors were when they were last moved here, by their {@code ctid}. A transaction that
 * is open for long keeps all versions of a row since it began, and to look for the last one by its key is to pass them all.
 * What is told here may be wrong, since others move cursors too, and a transaction that moved one may have been undone.
 */
final class CursorPlaces {
    private final Map<Lane, String> places = new ConcurrentHashMap<>();

    @Nullable
    String of(Batch batch) {
        return places.get(Lane.of(batch));
    }

    void put(Batch batch, String place) {
        places.put(Lane.of(batch), place);
    }
}
