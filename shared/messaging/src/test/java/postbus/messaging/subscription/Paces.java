package postbus.messaging.subscription;

import java.util.concurrent.atomic.AtomicLong;

/** What is known of handlers, which decides whether they wait for their cursor. */
enum Paces {
    /** They run at once. */
    QUICK {
        @Override
        Pace pace() {
            var pace = new Pace(() -> 0);
            for (int i = 0; i < 100; i++) {
                pace.handle(1, () -> {});
            }
            return pace;
        }
    },
    /** They wait until the cursor is theirs. */
    SLOW {
        @Override
        Pace pace() {
            var nanos = new AtomicLong();
            return new Pace(() -> nanos.addAndGet(1_000_000_000));
        }
    };

    abstract Pace pace();
}
