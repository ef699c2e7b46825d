package postbus.messaging;

import java.util.regex.Pattern;

/**
 * The one grammar of type names: {@code service.name.vN}, lower case, words joined by hyphens.
 *
 * <p>The service of an event is its source; the service of a command or query is its receiver. Events are past facts
 * ({@code ordering.order-placed.v1}), commands are imperatives ({@code inventory.reserve-stock.v1}).
 *
 * @param service whose fact or duty it is
 * @param name what happened or is to be done
 * @param version from 1; a change that old readers cannot read is a new version
 */
public record MessageType(String service, String name, int version) {
    private static final String WORDS = "[a-z][a-z0-9]*(?:-[a-z0-9]+)*";
    private static final Pattern GRAMMAR = Pattern.compile("(" + WORDS + ")\\.(" + WORDS + ")\\.v([1-9][0-9]{0,3})");
    private static final Pattern SERVICE = Pattern.compile(WORDS);

    private static final ClassValue<MessageType> BY_CLASS = new ClassValue<>() {
        @Override
        protected MessageType computeValue(Class<?> type) {
            var annotation = type.getAnnotation(Type.class);
            if (annotation == null) {
                throw new IllegalArgumentException(type.getName() + " has no @Type");
            }
            return parse(annotation.value());
        }
    };

    public MessageType {
        requireServiceName(service);
        if (!Shards.serviceOf(service).equals(service)) {
            throw new IllegalArgumentException("a number at the end is a shard's, not a service's: '" + service + "'");
        }
    }

    /** Reads {@code service.name.vN}; anything else is an {@link IllegalArgumentException} that names the text. */
    public static MessageType parse(String text) {
        var matcher = GRAMMAR.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a message type (service.name.vN): '" + text + "'");
        }
        return new MessageType(matcher.group(1), matcher.group(2), Integer.parseInt(matcher.group(3)));
    }

    /** The type a class declares with {@link Type}. */
    public static MessageType of(Class<?> messageClass) {
        return BY_CLASS.get(messageClass);
    }

    /** Returns the name if it can name a service, else fails: it becomes part of addresses and of a schema's name. */
    public static String requireServiceName(String service) {
        if (!SERVICE.matcher(service).matches()) {
            throw new IllegalArgumentException("not a service name (lower case words, hyphens): '" + service + "'");
        }
        return service;
    }

    /** What all its versions have in common: {@code service.name}. */
    public String versionless() {
        return service + "." + name;
    }

    /** As on the wire: {@code service.name.vN}. */
    @Override
    public String toString() {
        return versionless() + ".v" + version;
    }
}
