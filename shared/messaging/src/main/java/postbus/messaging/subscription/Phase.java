package postbus.messaging.subscription;

import postbus.messaging.transaction.Failures;

/**
 * How far a transaction came before it failed, which tells whose fault it was. Before the handler ran and when parking,
 * it is never the message's. In the handler it is, whatever was thrown: should it be the database that is gone, then
 * parking the message fails too, and nothing is lost. After it (a deferred constraint, say) it is the message's, unless
 * the database was not there to commit.
 */
final class Phase {
    private enum At {
        TAKING,
        HANDLING,
        PARKING,
        COMMITTING
    }

    private At at = At.TAKING;

    void taking() {
        at = At.TAKING;
    }

    void handling() {
        at = At.HANDLING;
    }

    void parking() {
        at = At.PARKING;
    }

    void committing() {
        at = At.COMMITTING;
    }

    boolean isOfTheMessage(Throwable failure) {
        return switch (at) {
            case TAKING, PARKING -> false;
            case HANDLING -> true;
            case COMMITTING -> !Failures.isUnavailable(failure);
        };
    }
}
