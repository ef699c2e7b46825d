package postbus.testkit.network;

import java.util.Map;
import postbus.node.process.Launch;

/**
 * One party of a {@link Hosts} network.
 *
 * @param name unique in its network
 * @param address IPv4
 * @param namespace network namespace in which its processes run; empty for this machine's own
 */
public record Host(String name, String address, String namespace) {
    /** The command that runs another one on this host, and becomes it: {@code ip netns exec NAMESPACE}. */
    public String[] prefix() {
        return namespace.isEmpty() ? new String[0] : new String[] {"ip", "netns", "exec", namespace};
    }

    /** The same launch on this host, with its address to bind to for the cluster and for HTTP. */
    public Launch on(Launch launch) {
        return launch.withPrefix(prefix()).with(Map.of("CLUSTER_HOST", address, "HTTP_HOST", address));
    }
}
