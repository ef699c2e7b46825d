package postbus.messaging.transaction;

import io.vertx.core.Context;
import io.vertx.core.eventbus.EventBus;
import java.util.concurrent.atomic.AtomicBoolean;
import postbus.messaging.wire.Addresses;

/** Sends wake-ups over the event bus: those of many commits that come together are one message. */
public final class EventBusWake implements Wake {
    private final Context context;
    private final EventBus bus;
    private final String address;
    private final AtomicBoolean isAppendPending = new AtomicBoolean();
    private final AtomicBoolean isSchedulePending = new AtomicBoolean();

    /** @param context on whose event loop wake-ups are sent */
    public EventBusWake(Context context, String service) {
        this.context = context;
        this.bus = context.owner().eventBus();
        this.address = Addresses.wake(service);
    }

    @Override
    public void appended() {
        send(isAppendPending, false);
    }

    @Override
    public void scheduled() {
        send(isSchedulePending, true);
    }

    private void send(AtomicBoolean pending, boolean isSchedule) {
        if (pending.compareAndSet(false, true)) {
            context.runOnContext(go -> {
                pending.set(false);
                bus.publish(address, isSchedule);
            });
        }
    }
}
