package postbus.node;

import java.time.Clock;
import postbus.messaging.Shards;

/** Which services are split, and which shard a node is. */
public final class Sharding {
    private Sharding() {}

    /**
     * What a node is to others, and its schema: the shard, or the service where that is not split. Reads {@code SHARDS} and
     * {@code SHARD}.
     *
     * @param service its name, or that of a shard, which then is the one; has a schema
     */
    public static String source(Settings settings, String service) {
        var shard = settings.text("SHARD", "").strip();
        var contract = Shards.serviceOf(service);
        var sources = rules(settings).sourcesOf(contract);
        var source = shard.isEmpty() || !contract.equals(service) ? service : service + "-" + shard;
        if (!sources.contains(source)) {
            throw new SettingException("SHARD must name which of " + String.join(", ", sources)
                    + " this node is, as SHARDS says, is '" + shard + "' of " + service);
        }
        return source;
    }

    /** Reads {@code SHARDS}. */
    public static Shards rules(Settings settings) {
        try {
            return Shards.parse(settings.list("SHARDS", ""), Clock.systemUTC());
        } catch (IllegalArgumentException e) {
            throw new SettingException("SHARDS: " + e.getMessage());
        }
    }
}
