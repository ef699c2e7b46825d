package postbus.node;

import com.hazelcast.config.ClassFilter;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.SerializationConfig;

/**
 * Which Java objects a member makes of what another one sends: Hazelcast's own, and what exceptions consist of, as members
 * tell each other what failed. Hazelcast would make any that is on the class path, and the class decides what that does;
 * and whoever reaches the port may join. What is kept in the cluster, see {@link Member}, needs no such object.
 */
final class KnownClasses {
    private KnownClasses() {}

    static SerializationConfig only() {
        var config = new SerializationConfig().setJavaSerializationFilterConfig(filter());
        config.getCompactSerializationConfig().setZeroConfigFilter(filter());
        return config;
    }

    private static JavaSerializationFilterConfig filter() {
        return new JavaSerializationFilterConfig()
                .setDefaultsDisabled(true)
                .setWhitelist(new ClassFilter()
                        .addPrefixes("com.hazelcast.", "java.lang.")
                        .addClasses(
                                "[Ljava.lang.StackTraceElement;",
                                "java.io.EOFException",
                                "java.io.IOException",
                                "java.util.ArrayList",
                                "java.util.Collections$EmptyList",
                                "java.util.Collections$UnmodifiableCollection",
                                "java.util.Collections$UnmodifiableList",
                                "java.util.Collections$UnmodifiableRandomAccessList",
                                "java.util.ConcurrentModificationException",
                                "java.util.NoSuchElementException",
                                "java.util.UUID",
                                "java.util.concurrent.CancellationException",
                                "java.util.concurrent.CompletionException",
                                "java.util.concurrent.ExecutionException",
                                "java.util.concurrent.RejectedExecutionException",
                                "java.util.concurrent.TimeoutException"))
                .setBlacklist(new ClassFilter()
                        .addPrefixes("com.hazelcast.shaded.", "java.lang.invoke.", "java.lang.reflect."));
    }
}
