package postbus.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every overlay. */
@ParameterizedClass
@ValueSource(strings = {"local", "production"})
class ManifestsTest {
    /** What a node takes from SIGTERM to its end, see {@code docs/operate.md}. */
    private static final int DRAIN_SECONDS = 10;

    private static final Set<String> HEALTH = Set.of("/health/live", "/health/ready", "/health/started");

    private final String overlay;
    private final Manifests manifests;

    ManifestsTest(String overlay) {
        this.overlay = overlay;
        this.manifests = Manifests.of(overlay);
    }

    @Test
    void a_field_that_kubernetes_does_not_know_is_found() {
        var wrong = """
                apiVersion: apps/v1
                kind: Deployment
                metadata:
                  name: wrong
                spec:
                  template:
                    spec:
                      containers:
                        - name: node
                          readynessProbe: {}
                """;
        var document = Manifests.documents(wrong).get(0);
        assertThatThrownBy(() -> Manifests.typed(document)).hasMessageContaining("readynessProbe");
    }

    @Test
    void every_verticle_has_a_deployment() {
        assertThat(manifests.deployments())
                .extracting(one -> one.getMetadata().getName())
                .containsExactlyInAnyOrderElementsOf(Repository.verticles());
    }

    @Test
    void everything_is_in_a_namespace_where_pods_are_restricted() {
        var namespace = manifests.all(Namespace.class);
        assertThat(namespace).hasSize(1);
        assertThat(namespace.get(0).getMetadata().getLabels())
                .containsEntry("pod-security.kubernetes.io/enforce", "restricted");
        var name = namespace.get(0).getMetadata().getName();
        assertThat(manifests.deployments())
                .allMatch(one -> one.getMetadata().getNamespace().equals(name));
    }

    @Test
    void every_pod_keeps_to_the_restricted_rules_and_writes_nowhere_but_where_it_says() {
        Pods.templates(manifests).forEach((name, template) -> {
            var pod = template.getSpec();
            assertThat(pod.getSecurityContext().getRunAsNonRoot()).as(name).isTrue();
            assertThat(pod.getSecurityContext().getSeccompProfile().getType())
                    .as(name)
                    .isEqualTo("RuntimeDefault");
            assertThat(pod.getHostNetwork()).as(name).isNull();
            assertThat(pod.getHostPID()).as(name).isNull();
            assertThat(pod.getVolumes()).as(name).allMatch(volume -> volume.getHostPath() == null);
            for (var container : Pods.containers(template)) {
                var security = container.getSecurityContext();
                assertThat(security.getAllowPrivilegeEscalation()).as(name).isFalse();
                assertThat(security.getReadOnlyRootFilesystem()).as(name).isTrue();
                assertThat(security.getCapabilities().getDrop()).as(name).containsExactly("ALL");
                assertThat(security.getCapabilities().getAdd()).as(name).isEmpty();
                assertThat(security.getPrivileged()).as(name).isNull();
            }
        });
    }

    @Test
    void no_pod_gets_a_token_of_kubernetes() {
        assertThat(manifests.one(ServiceAccount.class, "postbus").getAutomountServiceAccountToken())
                .isFalse();
        Pods.templates(manifests)
                .forEach((name, template) -> assertThat(template.getSpec().getAutomountServiceAccountToken())
                        .as(name)
                        .isFalse());
    }

    @Test
    void every_node_is_the_user_of_the_image() {
        var user = Dockerfile.user();
        for (var deployment : manifests.deployments()) {
            var security = deployment.getSpec().getTemplate().getSpec().getSecurityContext();
            assertThat(security.getRunAsUser() + ":" + security.getRunAsGroup()).isEqualTo(user);
        }
    }

    @Test
    void every_node_asks_for_what_it_needs_and_is_limited() {
        Pods.templates(manifests).forEach((name, template) -> {
            for (var container : Pods.containers(template)) {
                var resources = container.getResources();
                assertThat(resources.getRequests()).as(name).containsKeys("cpu", "memory");
                assertThat(resources.getLimits()).as(name).containsKeys("cpu", "memory");
                assertThat(amount(resources.getRequests(), "memory"))
                        .as(name)
                        .isLessThanOrEqualTo(amount(resources.getLimits(), "memory"));
            }
        });
    }

    @Test
    void every_image_is_of_a_version_that_stays_what_it_is() {
        Pods.templates(manifests)
                .forEach((name, template) -> Pods.containers(template)
                        .forEach(container -> assertThat(container.getImage())
                                .as(name)
                                .matches("\\S+:[^:/]+")
                                .doesNotEndWith(":latest")));
        assertThat(manifests.deployments())
                .allSatisfy(one -> assertThat(Pods.node(one).getImage())
                        .startsWith("postbus/" + one.getMetadata().getName() + ":"));
    }

    @Test
    void probes_ask_what_nodes_answer() {
        assertThat(Reference.paths()).containsAll(HEALTH);
        for (var deployment : manifests.deployments()) {
            var node = Pods.node(deployment);
            var environment = Pods.environment(manifests, node);
            var port = Integer.parseInt(environment
                    .getOrDefault("OPS_PORT", environment.get("HTTP_PORT"))
                    .getValue());
            var probes = Map.of(
                    "/health/started", node.getStartupProbe(),
                    "/health/ready", node.getReadinessProbe(),
                    "/health/live", node.getLivenessProbe());
            probes.forEach((path, probe) -> {
                assertThat(probe.getHttpGet().getPath()).isEqualTo(path);
                assertThat(Pods.port(node, probe.getHttpGet().getPort().getValue()))
                        .isEqualTo(port);
            });
        }
    }

    @Test
    void a_node_that_waits_for_its_database_or_is_stuck_is_left_to_end_by_itself() {
        for (var deployment : manifests.deployments()) {
            var node = Pods.node(deployment);
            assertThat(patience(node.getStartupProbe())).isGreaterThan(setting("DATABASE_PATIENCE"));
            assertThat(patience(node.getLivenessProbe())).isGreaterThan(setting("STUCK_MAX"));
            assertThat(Duration.ofSeconds(deployment.getSpec().getProgressDeadlineSeconds()))
                    .isGreaterThan(patience(node.getStartupProbe()));
        }
    }

    @Test
    void a_rollout_takes_no_node_away_before_another_is_ready() {
        for (var deployment : manifests.deployments()) {
            var strategy = deployment.getSpec().getStrategy();
            assertThat(strategy.getType()).isEqualTo("RollingUpdate");
            assertThat(strategy.getRollingUpdate().getMaxSurge().getIntVal()).isEqualTo(1);
            assertThat(strategy.getRollingUpdate().getMaxUnavailable().getIntVal())
                    .isZero();
            assertThat(deployment.getSpec().getMinReadySeconds()).isPositive();
        }
    }

    @Test
    void a_node_has_longer_for_its_end_than_it_takes() {
        for (var deployment : manifests.deployments()) {
            var lifecycle = Pods.node(deployment).getLifecycle();
            long before =
                    lifecycle == null ? 0 : lifecycle.getPreStop().getSleep().getSeconds();
            assertThat(deployment.getSpec().getTemplate().getSpec().getTerminationGracePeriodSeconds())
                    .isGreaterThan(before + DRAIN_SECONDS);
        }
    }

    @Test
    void what_is_balanced_to_is_withdrawn_before_it_is_told_to_end() {
        for (var service : manifests.all(Service.class)) {
            if ("None".equals(service.getSpec().getClusterIP())) {
                continue; // whoever has the address goes there, balanced by nobody
            }
            for (var deployment : selected(service.getSpec().getSelector())) {
                assertThat(Pods.node(deployment)
                                .getLifecycle()
                                .getPreStop()
                                .getSleep()
                                .getSeconds())
                        .isPositive();
            }
        }
    }

    @Test
    void one_member_of_all_is_taken_away_at_a_time() {
        var budget = manifests.all(PodDisruptionBudget.class);
        assertThat(budget).hasSize(1);
        var spec = budget.get(0).getSpec();
        assertThat(spec.getMaxUnavailable().getIntVal()).isEqualTo(1);
        assertThat(selected(spec.getSelector().getMatchLabels())).containsAll(manifests.deployments());
    }

    @Test
    void there_are_two_gateways_and_two_relays_apart_from_each_other() {
        for (var name : List.of("gateway", "outbox")) {
            assertThat(Pods.fewest(manifests, manifests.one(Deployment.class, name)))
                    .as(name)
                    .isGreaterThanOrEqualTo(2);
        }
        for (var deployment : manifests.deployments()) {
            var spec = deployment.getSpec().getTemplate().getSpec();
            assertThat(spec.getTopologySpreadConstraints())
                    .extracting(one -> one.getTopologyKey())
                    .contains("kubernetes.io/hostname", "topology.kubernetes.io/zone");
            assertThat(spec.getTopologySpreadConstraints())
                    .allSatisfy(one -> assertThat(one.getMatchLabelKeys())
                            .contains("app.kubernetes.io/name", "pod-template-hash"));
            assertThat(spec.getAffinity().getPodAntiAffinity().getPreferredDuringSchedulingIgnoredDuringExecution())
                    .isNotEmpty();
        }
    }

    @Test
    void every_variable_is_a_setting_of_the_node_that_gets_it() {
        var wrong = new TreeSet<String>();
        for (var deployment : manifests.deployments()) {
            var name = deployment.getMetadata().getName();
            var unknown = new TreeSet<>(
                    Pods.environment(manifests, Pods.node(deployment)).keySet());
            unknown.removeAll(Reference.settings(name));
            unknown.forEach(variable -> wrong.add(name + ": " + variable));
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void members_find_each_other_by_a_name_that_has_all_of_them_ready_or_not() {
        for (var deployment : manifests.deployments()) {
            var node = Pods.node(deployment);
            var environment = Pods.environment(manifests, node);
            var members = manifests.one(
                    Service.class, environment.get("CLUSTER_MEMBERS").getValue());
            assertThat(members.getSpec().getClusterIP()).isEqualTo("None");
            assertThat(members.getSpec().getPublishNotReadyAddresses()).isTrue();
            assertThat(selected(members.getSpec().getSelector())).contains(deployment);
            assertThat(environment
                            .get("CLUSTER_HOST")
                            .getValueFrom()
                            .getFieldRef()
                            .getFieldPath())
                    .isEqualTo("status.podIP");
            // A pod is a host of its own
            assertThat(environment.get("CLUSTER_PORTS").getValue()).isEqualTo("1");
            assertThat(environment.get("CLUSTER_PORT").getValue()).isEqualTo("" + Pods.port(node, "hazelcast"));
            assertThat(environment.get("BUS_PORT").getValue()).isEqualTo("" + Pods.port(node, "bus"));
        }
    }

    @Test
    void who_is_selected_is_there_and_the_ports_too() {
        for (var service : manifests.all(Service.class)) {
            var templates = Pods.templates(manifests).values().stream()
                    .filter(template -> Labels.match(
                            service.getSpec().getSelector(),
                            template.getMetadata().getLabels()))
                    .toList();
            assertThat(templates).as(service.getMetadata().getName()).isNotEmpty();
            for (var template : templates) {
                for (var port : service.getSpec().getPorts()) {
                    assertThat(Pods.port(
                                    template.getSpec().getContainers().get(0),
                                    port.getTargetPort().getValue()))
                            .isPositive();
                }
            }
        }
        for (var deployment : manifests.deployments()) {
            assertThat(Labels.match(
                            deployment.getSpec().getSelector().getMatchLabels(),
                            deployment.getSpec().getTemplate().getMetadata().getLabels()))
                    .isTrue();
        }
    }

    @Test
    void what_is_mounted_is_there() {
        Pods.templates(manifests).forEach((name, template) -> {
            var volumes = new ArrayList<String>();
            template.getSpec().getVolumes().forEach(volume -> volumes.add(volume.getName()));
            for (var container : Pods.containers(template)) {
                for (var mount : container.getVolumeMounts()) {
                    assertThat(volumes.contains(mount.getName())
                                    || mount.getName().equals("data"))
                            .as(name + " mounts " + mount.getName())
                            .isTrue();
                }
            }
        });
        for (var deployment : manifests.deployments()) {
            assertThat(Pods.node(deployment).getVolumeMounts())
                    .filteredOn(mount -> !Boolean.TRUE.equals(mount.getReadOnly()))
                    .extracting(mount -> mount.getMountPath())
                    .containsExactly("/tmp");
        }
    }

    @Test
    void files_that_settings_name_are_mounted() {
        for (var deployment : manifests.deployments()) {
            var node = Pods.node(deployment);
            Pods.environment(manifests, node).forEach((name, variable) -> {
                var value = variable.getValue();
                if (value != null && value.startsWith("/")) {
                    assertThat(node.getVolumeMounts())
                            .as(name)
                            .anyMatch(mount -> value.startsWith(mount.getMountPath() + "/"));
                }
            });
        }
    }

    @Test
    void all_nodes_together_take_fewer_connections_than_postgres_has() {
        int taken = 0;
        for (var deployment : manifests.deployments()) {
            taken += Pods.most(manifests, deployment) * connections(deployment);
        }
        assertThat(taken).isPositive().isLessThan(connectionsMax() - 10);
    }

    @Test
    void no_secret_is_written_down_but_the_one_that_everybody_may_know() {
        var text = Repository.text("k8s/rendered/" + overlay + ".yaml");
        assertThat(Pattern.compile("postgresql://").matcher(text).find()).isFalse();
        if (overlay.equals("local")) {
            assertThat(manifests.all(Secret.class))
                    .extracting(secret -> secret.getMetadata().getName().replaceFirst("-[a-z0-9]+$", ""))
                    .containsExactlyInAnyOrder("database", "postgres");
        } else {
            assertThat(manifests.all(Secret.class)).isEmpty();
        }
    }

    @Test
    void every_secret_that_is_referred_to_is_made_here_or_told_of() {
        var made = new TreeSet<String>();
        manifests
                .all(Secret.class)
                .forEach(secret -> made.add(secret.getMetadata().getName()));
        var guide = Repository.text("docs/kubernetes.md");
        Pods.templates(manifests).forEach((name, template) -> {
            var referred = new TreeSet<String>();
            for (var container : Pods.containers(template)) {
                container.getEnv().stream()
                        .map(EnvVar::getValueFrom)
                        .filter(source -> source != null && source.getSecretKeyRef() != null)
                        .forEach(source -> referred.add(source.getSecretKeyRef().getName()));
            }
            template.getSpec().getVolumes().stream()
                    .filter(volume -> volume.getSecret() != null)
                    .forEach(volume -> referred.add(volume.getSecret().getSecretName()));
            assertThat(referred)
                    .as(name)
                    .allMatch(secret -> made.contains(secret)
                            || guide.contains("`" + secret + "`")
                            || (guide.contains("`database-VERTICLE`") && secret.equals("database-" + name)));
        });
    }

    private List<Deployment> selected(Map<String, String> selector) {
        return manifests.deployments().stream()
                .filter(one -> Labels.match(
                        selector, one.getSpec().getTemplate().getMetadata().getLabels()))
                .toList();
    }

    private static long amount(Map<String, Quantity> quantities, String name) {
        return quantities.get(name).getNumericalAmount().longValue();
    }

    private static Duration patience(Probe probe) {
        return Duration.ofSeconds((long) probe.getPeriodSeconds() * probe.getFailureThreshold());
    }

    /** As it is where nobody says otherwise. */
    private static Duration setting(String name) {
        var value = Pattern.compile("(?m)^" + name + ": (\\S+)").matcher(Repository.text("conf/cluster.yaml"));
        assertThat(value.find()).as(name).isTrue();
        return Duration.parse(value.group(1));
    }

    /** By the sum in docs/operate.md. */
    private static int connections(Deployment deployment) {
        return switch (deployment.getMetadata().getLabels().get("app.kubernetes.io/component")) {
            case "gateway" -> 0;
            case "outbox" -> 5 * (4 + 1) + 1;
            default -> 8 + 1;
        };
    }

    private int connectionsMax() {
        if (overlay.equals("production")) {
            var cluster = manifests.all(PostgresCluster.class).get(0);
            return Integer.parseInt(cluster.spec().postgresql().parameters().get("max_connections"));
        }
        return Pods.containers(Pods.templates(manifests).get("postgres")).get(0).getArgs().stream()
                .filter(argument -> argument.startsWith("max_connections="))
                .map(argument -> Integer.parseInt(argument.substring(argument.indexOf('=') + 1)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void each_profile_is_the_one_that_the_overlay_is_for() {
        var profiles = manifests.all(ConfigMap.class).stream()
                .map(config -> config.getData().get("PROFILE"))
                .filter(profile -> profile != null)
                .toList();
        assertThat(profiles).containsExactly(overlay.equals("production") ? "production" : "development");
    }
}
