package postbus.payment;

import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.contracts.Money;
import postbus.contracts.payment.PaymentDeclined;
import postbus.contracts.payment.PaymentRefunded;
import postbus.contracts.payment.PaymentTaken;
import postbus.messaging.Event;
import postbus.payment.PaymentProvider.Charged;
import postbus.payment.PaymentProvider.Declined;
import postbus.payment.PaymentProvider.NothingCharged;
import postbus.payment.PaymentProvider.Outcome;
import postbus.payment.PaymentProvider.Refunded;

/**
 * The payment of one order, and what may become of it:
 *
 * <pre>
 *   REQUESTED         charged: TAKEN, declined: DECLINED, failed too often: ABANDONED,
 *                     refund wanted: VOIDED when no worker took it yet, else WITHDRAWN
 *   TAKEN             refund wanted: REFUND_REQUESTED
 *   REFUND_REQUESTED  refunded: REFUNDED
 *   WITHDRAWN         charged: REFUND_REQUESTED, declined: DECLINED,
 *                     refunded: REFUNDED, nothing charged: VOIDED
 *   ABANDONED         refunded, nothing charged, or declined after all: DECLINED
 * </pre>
 *
 * TAKEN, DECLINED, REFUNDED and VOIDED wait for nothing; in each other state the worker has to call the provider. The
 * answer of a worker that had lost its lease comes when the payment has moved on: it then changes nothing, unless it
 * says that money was taken which nobody wants.
 *
 * @param amount null when the refund came before the payment was asked for, which is then voided
 * @param token what the provider knows the payer by; null exactly when the amount is
 * @param attempts how often a worker took it in its state
 */
record Payment(
        UUID orderId,
        State state,
        @Nullable Money amount,
        @Nullable String token,
        int attempts) {
    /** Reason of the decline after a charge was abandoned. */
    static final String PROVIDER_UNAVAILABLE = "provider-unavailable";

    enum State {
        /** To be charged; in flight once a worker took it, since from then on the provider may have heard of it. */
        REQUESTED,
        TAKEN,
        DECLINED,
        /** It was charged and is to be refunded. */
        REFUND_REQUESTED,
        REFUNDED,
        /** Nobody wants it any more, and its charge may be under way or done. */
        WITHDRAWN,
        /** The provider failed too often; whether it charged is not known. */
        ABANDONED,
        /** Never charged, and never will be. */
        VOIDED;

        /** As in the table. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Reads what {@link #toString} wrote. */
        static State of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    /** What the worker is to ask of the provider. */
    enum Call {
        CHARGE,
        REFUND,
        NONE
    }

    /** What a payment becomes, and the event that says so, if the world is to know. */
    record Step(Payment payment, @Nullable Event event) {}

    Payment {
        if ((amount == null) != (token == null) || (amount == null && state != State.VOIDED)) {
            throw new IllegalArgumentException("a payment in state " + state + " needs an amount and a token");
        }
    }

    /** The payment of an order that is to be paid. */
    static Payment requested(UUID orderId, Money amount, String token) {
        return new Payment(orderId, State.REQUESTED, amount, token, 0);
    }

    /** The payment of an order nobody will pay for: the refund came first. */
    static Payment voided(UUID orderId) {
        return new Payment(orderId, State.VOIDED, null, null, 0);
    }

    /** What the provider knows the charge by. */
    String idempotencyKey() {
        return "order-" + orderId;
    }

    Call nextCall() {
        return switch (state) {
            case REQUESTED -> Call.CHARGE;
            case REFUND_REQUESTED, WITHDRAWN, ABANDONED -> Call.REFUND;
            case TAKEN, DECLINED, REFUNDED, VOIDED -> Call.NONE;
        };
    }

    /** What was taken is to be given back, and nothing taken any more. */
    Payment refundWanted() {
        return switch (state) {
            case REQUESTED -> in(attempts == 0 ? State.VOIDED : State.WITHDRAWN);
            case TAKEN -> in(State.REFUND_REQUESTED);
            case DECLINED, REFUND_REQUESTED, REFUNDED, WITHDRAWN, ABANDONED, VOIDED -> this;
        };
    }

    /** The provider said this. */
    Step answered(Outcome outcome) {
        return switch (outcome) {
            case Charged charged -> charged();
            case Declined declined -> declined(declined.reason());
            case Refunded refunded -> refunded();
            case NothingCharged nothing -> nothingCharged();
        };
    }

    /**
     * The provider gave no answer. A charge that failed too often is abandoned, which does not decline it yet: it may
     * have been made all the same. It is refunded first, for as long as that takes; only when the provider has said
     * that it holds nothing and will take nothing under this key is the payment declined. So a payment that was said
     * to be declined has cost nobody anything. What is to be refunded is never given up.
     *
     * @param attemptsMax how often a charge is tried
     */
    Payment failed(int attemptsMax) {
        return switch (state) {
            case REQUESTED -> attempts < attemptsMax ? this : in(State.ABANDONED);
            case TAKEN, DECLINED, REFUND_REQUESTED, REFUNDED, WITHDRAWN, ABANDONED, VOIDED -> this;
        };
    }

    private Step charged() {
        return switch (state) {
            case REQUESTED -> new Step(in(State.TAKEN), new PaymentTaken(orderId, charge()));
            case WITHDRAWN -> silently(State.REFUND_REQUESTED);
            // The provider breaks its promise here: it said that it would not charge. What it took goes back.
            case DECLINED, VOIDED -> amount == null ? unchanged() : silently(State.REFUND_REQUESTED);
            case TAKEN, REFUND_REQUESTED, REFUNDED, ABANDONED -> unchanged();
        };
    }

    private Step declined(String reason) {
        return switch (state) {
            case REQUESTED, WITHDRAWN, ABANDONED -> new Step(in(State.DECLINED), new PaymentDeclined(orderId, reason));
            case TAKEN, DECLINED, REFUND_REQUESTED, REFUNDED, VOIDED -> unchanged();
        };
    }

    private Step refunded() {
        return switch (state) {
            case REFUND_REQUESTED, WITHDRAWN -> new Step(in(State.REFUNDED), new PaymentRefunded(orderId, charge()));
            case ABANDONED -> declined(PROVIDER_UNAVAILABLE);
            case REQUESTED, TAKEN ->
                throw new IllegalStateException(
                        "the provider refunded what is " + state + ", which nobody asked for: order " + orderId);
            case DECLINED, REFUNDED, VOIDED -> unchanged();
        };
    }

    private Step nothingCharged() {
        return switch (state) {
            case WITHDRAWN -> silently(State.VOIDED);
            case ABANDONED -> declined(PROVIDER_UNAVAILABLE);
            case REQUESTED, TAKEN, REFUND_REQUESTED ->
                throw new IllegalStateException(
                        "the provider says that it never charged what is " + state + ": order " + orderId);
            case DECLINED, REFUNDED, VOIDED -> unchanged();
        };
    }

    private Money charge() {
        if (amount == null) {
            throw new IllegalStateException("order " + orderId + " was never to be charged");
        }
        return amount;
    }

    private Payment in(State next) {
        return new Payment(orderId, next, amount, token, 0);
    }

    private Step silently(State next) {
        return new Step(in(next), null);
    }

    private Step unchanged() {
        return new Step(this, null);
    }
}
