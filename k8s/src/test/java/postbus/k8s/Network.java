package postbus.k8s;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.networking.v1.IPBlock;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/** Who may connect to whom, by the network policies of an overlay, as Kubernetes reads them. */
final class Network {
    /**
     * One end of a connection: a pod of ours, a pod of another namespace, or an address outside of the cluster.
     *
     * @param namespace empty for what is outside
     * @param labels of the pod
     * @param container whose ports may be meant by name; null for what is not ours
     */
    record Party(String name, String namespace, Map<String, String> labels, Container container) {
        static Party pod(String name, PodTemplateSpec template) {
            return new Party(
                    name,
                    OURS,
                    template.getMetadata().getLabels(),
                    template.getSpec().getContainers().get(0));
        }

        static Party elsewhere(String namespace) {
            return new Party(namespace, namespace, Map.of(), null);
        }

        static Party dns() {
            return new Party("dns", "kube-system", Map.of("k8s-app", "kube-dns"), null);
        }

        static Party database(Map<String, String> labels) {
            return new Party("postgres", OURS, labels, null);
        }

        /** Any address that no policy's exception names. */
        static Party internet() {
            return new Party("internet", "", Map.of(), null);
        }

        boolean isOurs() {
            return namespace.equals(OURS);
        }
    }

    static final String OURS = "postbus";

    private final List<NetworkPolicy> policies;

    Network(Manifests manifests) {
        this.policies = manifests.all(NetworkPolicy.class);
    }

    /** Both ends must allow it, where policies are about them. */
    boolean allows(Party from, Party to, int port) {
        return permits(from, to, to, port, "Egress") && permits(to, from, to, port, "Ingress");
    }

    private boolean permits(Party subject, Party other, Party target, int port, String direction) {
        if (!subject.isOurs()) {
            return true;
        }
        var about = policies.stream()
                .filter(policy -> policy.getSpec().getPolicyTypes().contains(direction))
                .filter(policy -> Labels.match(policy.getSpec().getPodSelector(), subject.labels()))
                .toList();
        return about.isEmpty()
                || about.stream().anyMatch(policy -> {
                    var spec = policy.getSpec();
                    return direction.equals("Egress")
                            ? spec.getEgress().stream()
                                    .anyMatch(
                                            rule -> peers(rule.getTo(), other) && ports(rule.getPorts(), target, port))
                            : spec.getIngress().stream()
                                    .anyMatch(rule ->
                                            peers(rule.getFrom(), other) && ports(rule.getPorts(), target, port));
                });
    }

    private static boolean peers(List<NetworkPolicyPeer> peers, Party other) {
        return peers.isEmpty() || peers.stream().anyMatch(peer -> is(peer, other));
    }

    private static boolean is(NetworkPolicyPeer peer, Party other) {
        if (peer.getIpBlock() != null) {
            return isEverywhere(peer.getIpBlock()) && other.namespace().isEmpty();
        }
        Predicate<LabelSelector> pods = selector -> selector == null || Labels.match(selector, other.labels());
        if (peer.getNamespaceSelector() == null) {
            return other.isOurs() && pods.test(peer.getPodSelector());
        }
        return !other.namespace().isEmpty()
                && Labels.match(peer.getNamespaceSelector(), Map.of("kubernetes.io/metadata.name", other.namespace()))
                && pods.test(peer.getPodSelector());
    }

    private static boolean isEverywhere(IPBlock block) {
        if (!block.getCidr().equals("0.0.0.0/0")) {
            throw new IllegalArgumentException("no test knows of " + block.getCidr());
        }
        return true;
    }

    private static boolean ports(List<NetworkPolicyPort> ports, Party target, int port) {
        return ports.isEmpty() || ports.stream().anyMatch(one -> number(one.getPort(), target) == port);
    }

    private static int number(IntOrString port, Party target) {
        return port.getIntVal() != null
                ? port.getIntVal()
                : Pods.port(Objects.requireNonNull(target.container(), target.name()), port.getStrVal());
    }
}
