package postbus.messaging;

/**
 * What services say to each other: an immutable record with a {@link Type}, written as JSON.
 *
 * <p>A message must be complete in itself: its reader has no other way to learn what it means.
 */
public sealed interface Message permits Event, Command {
    /**
     * What order is kept for, usually the id of an aggregate: messages of one source with the same key are applied by
     * every subscription in the order in which their transactions committed, given that transactions about one key
     * exclude each other by a lock or a unique constraint, as those that change one aggregate do. Never blank, at most
     * 255 characters.
     */
    String key();
}
