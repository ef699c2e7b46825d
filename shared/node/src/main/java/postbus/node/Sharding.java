package postbus.node;

import java.time.Clock;
import postbus.messaging.Shards;

/**
 * Which services are split, and which shard a node is.
 *
 * @param source what the node is to others, and its schema: the shard, or the service where that is not split
 */
public record Sharding(Shards shards, String source) {
    /** Reads {@code SHARDS} and, for a service with a schema, {@code SHARD}. */
    public static Sharding of(Settings settings, String service) {
        var shards = rules(settings);
        var shard = settings.text("SHARD", "").strip();
        var sources = shards.sourcesOf(service);
        var source = shard.isEmpty() ? service : service + "-" + shard;
        if (!sources.contains(source)) {
            throw new SettingException("SHARD must name which of " + String.join(", ", sources)
                    + " this node is, as SHARDS says, is '" + shard + "'");
        }
        return new Sharding(shards, source);
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
