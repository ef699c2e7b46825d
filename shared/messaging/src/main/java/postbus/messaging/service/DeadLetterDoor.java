package postbus.messaging.service;

import java.util.Map;
import java.util.Objects;
import postbus.messaging.subscription.DeadLetters;

/** Lets operators at a service's dead letters over the event bus. */
final class DeadLetterDoor {
    private final DeadLetters deadLetters;
    private final Answering answering;

    DeadLetterDoor(DeadLetters deadLetters, Answering answering) {
        this.deadLetters = deadLetters;
        this.answering = answering;
    }

    /** By operation. */
    Map<String, Answering.Endpoint> endpoints() {
        return Map.of(
                DeadLetterRequest.Find.OPERATION,
                answering.operation(
                        DeadLetterRequest.Find.class,
                        asked -> deadLetters.list(
                                asked.filter(),
                                Objects.requireNonNullElse(asked.which(), DeadLetters.Which.DEAD),
                                asked.limit(),
                                asked.after())),
                DeadLetterRequest.Group.OPERATION,
                answering.operation(DeadLetterRequest.Group.class, asked -> deadLetters.groups(asked.which())),
                DeadLetterRequest.Get.OPERATION,
                answering.operation(DeadLetterRequest.Get.class, asked -> deadLetters.get(asked.messageId())),
                DeadLetterRequest.Decide.OPERATION,
                answering.operation(DeadLetterRequest.Decide.class, asked -> {
                    deadLetters.decide(asked.messageId(), asked.decision());
                    return new DeadLetters.Decided(1, false);
                }),
                DeadLetterRequest.DecideAll.OPERATION,
                answering.operation(
                        DeadLetterRequest.DecideAll.class,
                        asked -> deadLetters.decide(asked.filter(), asked.decision(), asked.countMax())));
    }
}
