package postbus.messaging.wire;

import postbus.messaging.MessageType;

/** Every event-bus address that relays, subscribers and services use. */
public final class Addresses {
    /** Broadcast by a relay that became active, and every few seconds: {@link RelayHello}. */
    public static final String RELAY_HELLO = "postbus.relay-hello";
    /** Broadcast by a subscriber that starts: every relay answers with its hello. No body. */
    public static final String RELAY_CALL = "postbus.relay-call";
    /** Broadcast by every node each second, and when it leaves: how it is, as JSON. */
    public static final String NODE_REPORT = "postbus.node-report";
    /** Broadcast by a node that is about to end in its own time. Body: its id. */
    public static final String NODE_LEAVES = "postbus.node-leaves";

    private Addresses() {}

    /** To the relays of a source: there may be something new. Body: true when a command was scheduled. */
    public static String wake(String source) {
        return "postbus.wake." + source;
    }

    /** To the relays of a source: {@link Announcement}. */
    public static String announce(String source) {
        return "postbus.announce." + source;
    }

    /** To any instance of a subscription: {@link Batch}, answered with {@link Ack}. */
    public static String deliver(String subscription) {
        return "postbus.deliver." + subscription;
    }

    /** To any instance of the service a request's type names. */
    public static String request(String type) {
        return "postbus.request." + type;
    }

    /** To any instance of this shard of the service that the type names; not split, it is that service. */
    public static String request(String source, MessageType type) {
        return "postbus.request." + source + "." + type.name() + ".v" + type.version();
    }

    /** To any instance of a service: an operation on its dead letters. */
    public static String deadLetters(String service, String operation) {
        return "postbus.dead-letters." + service + "." + operation;
    }

    /** To whoever reads a source's database: an operation on its messages. */
    public static String messages(String source, String operation) {
        return "postbus.messages." + source + "." + operation;
    }

    /** To the relay that leads a source: {@link Follow}. */
    public static String follow(String source) {
        return "postbus.follow." + source;
    }

    /** To any instance of a service: an operation on the flow of its subscription. */
    public static String flow(String service, String operation) {
        return "postbus.flow." + service + "." + operation;
    }
}
