package postbus.messaging.service;

/**
 * What operators ask a service, about its subscription or about its messages, each of these on an address of its own;
 * ask with {@link ServiceClient}. No part of a service's contract.
 */
public sealed interface OperatorRequest permits DeadLetterRequest, FlowRequest, MessageRequest {
    /** Ends the address; the form of the request is part of it. */
    String operation();

    /** Where it is taken for a service. */
    String address(String service);
}
