package postbus.bench.jmh;

import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageCodec;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import postbus.messaging.wire.Batch;
import postbus.messaging.wire.Wire;

/** The codecs that {@link Wire} teaches an event bus. */
final class Codecs {
    private Codecs() {}

    /** As a bus that is not there is taught it. */
    @SuppressWarnings("unchecked") // the class it is registered for says what it is
    static MessageCodec<Batch, Batch> batch() {
        var taught = new AtomicReference<Object>();
        var bus = only(EventBus.class, (method, arguments) -> {
            if (method.equals("registerDefaultCodec") && arguments[0] == Batch.class) {
                taught.set(arguments[1]);
            }
            return null;
        });
        Wire.register(only(Vertx.class, (method, arguments) -> bus));
        return (MessageCodec<Batch, Batch>) Objects.requireNonNull(taught.get());
    }

    private interface Answer {
        @org.jspecify.annotations.Nullable
        Object to(String method, Object[] arguments);
    }

    private static <T> T only(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answer.to(method.getName(), arguments)));
    }
}
