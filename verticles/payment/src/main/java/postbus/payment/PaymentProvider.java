package postbus.payment;

import postbus.contracts.Money;

/**
 * Who moves the money. Calls may take long, so they are made on a virtual thread with nothing in hand; an exception
 * means that the outcome is unknown.
 *
 * <p>The idempotency key names one charge for ever. A provider promises:
 *
 * <ul>
 *   <li>the same call under the same key has one effect and gives the same answer, also when both come at once;
 *   <li>after {@link #refund} has answered, nothing more is charged under the key, whatever comes or is under way.
 * </ul>
 */
interface PaymentProvider {
    /** Charges this amount to whoever the token stands for. */
    ChargeOutcome charge(String idempotencyKey, Money amount, String token);

    /** Undoes the charge under this key: gives back what was charged, all of it, and shuts the key for good. */
    RefundOutcome refund(String idempotencyKey);

    /** What the provider said. */
    sealed interface Outcome {}

    /** What the provider said to a charge. */
    sealed interface ChargeOutcome extends Outcome {}

    /** The money is taken. */
    record Charged() implements ChargeOutcome {}

    /**
     * The money is not taken, and will not be under this key.
     *
     * @param reason a short word for the public, {@code card-declined} for instance
     */
    record Declined(String reason) implements ChargeOutcome {}

    /** What the provider said to a refund. */
    sealed interface RefundOutcome extends Outcome {}

    /** All that was charged is given back. */
    record Refunded() implements RefundOutcome {}

    /** Nothing was charged under the key, and nothing will be. */
    record NothingCharged() implements RefundOutcome {}
}
