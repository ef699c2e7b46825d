package postbus.messaging;

/**
 * What services say to each other: an immutable record with a {@link Type}, written as JSON.
 *
 * <p>A message must be complete in itself: its reader has no other way to learn what it means.
 */
public sealed interface Message permits Event, Command {
    /**
     * What order is kept for, usually the id of an aggregate: messages of one source with the same key are applied by
     * every subscription in the order in which their transactions committed. Never blank, at most 255 characters.
     */
    String key();
}
