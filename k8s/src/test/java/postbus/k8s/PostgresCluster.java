package postbus.k8s;

import java.util.List;
import java.util.Map;

/** Those parts of CloudNativePG's {@code Cluster} that are used here, as its API reference has them. */
record PostgresCluster(String apiVersion, String kind, Metadata metadata, Spec spec) {
    record Metadata(String name, String namespace) {}

    record Spec(
            int instances,
            String primaryUpdateStrategy,
            Bootstrap bootstrap,
            Settings postgresql,
            InheritedMetadata inheritedMetadata,
            Storage storage,
            Storage walStorage,
            Resources resources,
            Affinity affinity,
            Managed managed) {}

    record Bootstrap(InitDb initdb) {}

    record InitDb(String database, String owner) {}

    record Settings(Synchronous synchronous, Map<String, String> parameters) {}

    record Synchronous(String method, int number, String dataDurability) {}

    record InheritedMetadata(Map<String, String> labels) {}

    record Storage(String size) {}

    record Resources(Map<String, String> requests, Map<String, String> limits) {}

    record Affinity(boolean enablePodAntiAffinity, String podAntiAffinityType, String topologyKey) {}

    record Managed(List<Role> roles) {}

    record Role(
            String name,
            String ensure,
            boolean login,
            boolean inherit,
            List<String> inRoles,
            SecretName passwordSecret) {}

    record SecretName(String name) {}
}
