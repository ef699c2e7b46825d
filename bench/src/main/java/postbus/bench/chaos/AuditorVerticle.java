package postbus.bench.chaos;

import postbus.contracts.IntegrationEvents;
import postbus.messaging.Envelope;
import postbus.messaging.service.ServiceContext;
import postbus.messaging.service.ServiceVerticle;
import postbus.messaging.service.Subscriptions;
import postbus.messaging.transaction.Transaction;

/** Subscribes to every event there is and notes each application. It takes no care not to do so twice. */
final class AuditorVerticle extends ServiceVerticle {
    private static final String NOTE = """
            insert into application (source, message_id, type, key) values ($1, $2, $3, $4)
            """;

    AuditorVerticle(ServiceContext service) {
        super(service);
    }

    @Override
    protected void wire(Subscriptions on) {
        on.events(IntegrationEvents.TYPES, AuditorVerticle::note);
    }

    private static void note(Envelope event, Transaction tx) {
        tx.write(NOTE, event.source(), event.id(), event.type(), event.key());
    }
}
