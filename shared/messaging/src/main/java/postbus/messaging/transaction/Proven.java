package postbus.messaging.transaction;

import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which statements were sent before with parameters of which classes. The client refuses by itself to send a parameter of
 * a class that does not fit, and Postgres never hears of it: a COMMIT right behind would commit the rest. So a COMMIT
 * travels with statements only if each was sent before in the same shape. Thread-safe.
 */
final class Proven {
    /** Statements are constants, so there are few shapes; beyond this none is remembered. */
    private static final int SHAPES_MAX = 10_000;

    private final Set<Shape> shapes = ConcurrentHashMap.newKeySet();

    /** @param parameters their classes, {@link Void} for null */
    record Shape(String statement, List<Class<?>> parameters) {
        static Shape of(String statement, Tuple parameters) {
            var classes = new ArrayList<Class<?>>(parameters.size());
            for (int i = 0; i < parameters.size(); i++) {
                var value = parameters.getValue(i);
                classes.add(value == null ? Void.class : value.getClass());
            }
            return new Shape(statement, classes);
        }
    }

    boolean contains(Shape shape) {
        return shapes.contains(shape);
    }

    void add(Set<Shape> sent) {
        if (shapes.size() < SHAPES_MAX) {
            shapes.addAll(sent);
        }
    }
}
