package postbus.messaging.service;

/**
 * What operators ask a service about its subscription. Every {@link ServiceVerticle} answers, each of these on an
 * address of its own; ask with {@link ServiceClient}. No part of a service's contract.
 */
public sealed interface OperatorRequest permits DeadLetterRequest, FlowRequest {
    /** Ends the address; the form of the request is part of it. */
    String operation();

    /** Where the instances of a service take it. */
    String address(String service);
}
