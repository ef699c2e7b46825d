package postbus.messaging;

/** A question that changes nothing. It is asked by request/reply and never stored. */
public interface Query {
    /**
     * What it is about, for a service that is split by key: it is asked at the shard that has this. Blank when it is about
     * no one key; such a service cannot be asked it.
     */
    default String key() {
        return "";
    }
}
