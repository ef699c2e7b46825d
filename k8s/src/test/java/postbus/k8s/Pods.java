package postbus.k8s;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** What pods come of an overlay. */
final class Pods {
    private Pods() {}

    /** Templates of all pods, by the name of what makes them. */
    static Map<String, PodTemplateSpec> templates(Manifests manifests) {
        var templates = new LinkedHashMap<String, PodTemplateSpec>();
        manifests
                .deployments()
                .forEach(one ->
                        templates.put(one.getMetadata().getName(), one.getSpec().getTemplate()));
        manifests
                .all(StatefulSet.class)
                .forEach(one ->
                        templates.put(one.getMetadata().getName(), one.getSpec().getTemplate()));
        return templates;
    }

    static Container node(Deployment deployment) {
        return deployment.getSpec().getTemplate().getSpec().getContainers().get(0);
    }

    static List<Container> containers(PodTemplateSpec template) {
        return Stream.concat(
                        template.getSpec().getInitContainers().stream(), template.getSpec().getContainers().stream())
                .toList();
    }

    /** Variables with their values; where a value is known only in the cluster, with where it comes from. */
    static Map<String, EnvVar> environment(Manifests manifests, Container container) {
        var variables = new LinkedHashMap<String, EnvVar>();
        for (var source : container.getEnvFrom()) {
            manifests
                    .one(ConfigMap.class, source.getConfigMapRef().getName())
                    .getData()
                    .forEach((name, value) -> variables.put(name, new EnvVar(name, value, null)));
        }
        container.getEnv().forEach(variable -> variables.put(variable.getName(), variable));
        return variables;
    }

    /** The number of a port that is named or numbered. */
    static int port(Container container, Object port) {
        var text = port.toString();
        if (text.chars().allMatch(Character::isDigit)) {
            return Integer.parseInt(text);
        }
        return container.getPorts().stream()
                .filter(one -> Objects.equals(one.getName(), text))
                .map(ContainerPort::getContainerPort)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no port is called " + text));
    }

    /** How many there are at most, during a rollout too. */
    static int most(Manifests manifests, Deployment deployment) {
        int surge = deployment
                .getSpec()
                .getStrategy()
                .getRollingUpdate()
                .getMaxSurge()
                .getIntVal();
        return surge
                + scaler(manifests, deployment).stream()
                        .map(scaler -> scaler.getSpec().getMaxReplicas())
                        .findFirst()
                        .orElse(Objects.requireNonNullElse(deployment.getSpec().getReplicas(), 1));
    }

    /** How many there are at least. */
    static int fewest(Manifests manifests, Deployment deployment) {
        return scaler(manifests, deployment).stream()
                .map(scaler -> scaler.getSpec().getMinReplicas())
                .findFirst()
                .orElse(Objects.requireNonNullElse(deployment.getSpec().getReplicas(), 1));
    }

    static List<HorizontalPodAutoscaler> scaler(Manifests manifests, Deployment deployment) {
        return manifests.all(HorizontalPodAutoscaler.class).stream()
                .filter(scaler -> scaler.getSpec()
                        .getScaleTargetRef()
                        .getName()
                        .equals(deployment.getMetadata().getName()))
                .toList();
    }
}
