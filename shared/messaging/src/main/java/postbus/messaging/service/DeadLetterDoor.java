package postbus.messaging.service;

import java.util.Map;
import postbus.messaging.subscription.DeadLetters;

/** Lets operators at a service's dead letters over the event bus. */
final class DeadLetterDoor {
    private final DeadLetters deadLetters;
    private final Requests requests;

    DeadLetterDoor(DeadLetters deadLetters, Requests requests) {
        this.deadLetters = deadLetters;
        this.requests = requests;
    }

    /** By operation. */
    Map<String, Requests.Endpoint> endpoints() {
        return Map.of(
                DeadLetterRequest.Find.OPERATION,
                requests.operation(
                        DeadLetterRequest.Find.OPERATION,
                        DeadLetterRequest.Find.class,
                        asked -> deadLetters.list(asked.filter(), asked.limit(), asked.after())),
                DeadLetterRequest.Get.OPERATION,
                requests.operation(
                        DeadLetterRequest.Get.OPERATION,
                        DeadLetterRequest.Get.class,
                        asked -> deadLetters.get(asked.messageId())),
                DeadLetterRequest.Decide.OPERATION,
                requests.operation(DeadLetterRequest.Decide.OPERATION, DeadLetterRequest.Decide.class, asked -> {
                    deadLetters.decide(asked.messageId(), asked.decision());
                    return new DeadLetters.Decided(1, false);
                }),
                DeadLetterRequest.DecideAll.OPERATION,
                requests.operation(
                        DeadLetterRequest.DecideAll.OPERATION,
                        DeadLetterRequest.DecideAll.class,
                        asked -> deadLetters.decide(asked.filter(), asked.decision(), asked.countMax())));
    }
}
