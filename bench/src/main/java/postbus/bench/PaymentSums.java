package postbus.bench;

/** What the payment service and the payment provider's books say of some orders. */
final class PaymentSums {
    /** Held: taken and not given back, by the service's word and by the provider's. Parameters: order ids, and their keys at
     * the provider, as text[]. */
    static final String QUERY = """
            select (select coalesce(sum(amount), 0)
                      from payment.payment
                     where order_id = any (?::uuid[]) and state = 'taken') as held,
                   (select coalesce(sum(charged - refunded), 0)
                      from payment.simulated_charge
                     where idempotency_key = any (?)) as held_by_provider
            """;

    private PaymentSums() {}

    /** What the provider knows an order's charge by. */
    static String providerKey(String orderId) {
        return "order-" + orderId;
    }
}
