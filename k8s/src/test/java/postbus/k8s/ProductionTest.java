package postbus.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.HTTPIngressPath;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What is in production only: who comes in, what is watched, what grows, and the database. */
class ProductionTest {
    private static final String LAG = "postbus_subscription_lag_messages";
    private static final List<String> WITHHELD = List.of("/health", "/metrics");

    private final Manifests manifests = Manifests.of("production");

    @Test
    void every_service_and_the_gateway_have_two_nodes_at_least() {
        assertThat(manifests.deployments()).allMatch(deployment -> Pods.fewest(manifests, deployment) >= 2);
    }

    @Test
    void each_is_on_a_host_of_its_own() {
        assertThat(manifests.deployments())
                .allSatisfy(deployment -> assertThat(
                                deployment.getSpec().getTemplate().getSpec().getTopologySpreadConstraints())
                        .anyMatch(one -> one.getTopologyKey().equals("kubernetes.io/hostname")
                                && one.getWhenUnsatisfiable().equals("DoNotSchedule")));
    }

    @Test
    void who_is_scaled_says_nowhere_else_how_many_it_is() {
        for (var scaler : manifests.all(HorizontalPodAutoscaler.class)) {
            var target = scaler.getSpec().getScaleTargetRef();
            assertThat(target.getKind()).isEqualTo("Deployment");
            assertThat(manifests
                            .one(Deployment.class, target.getName())
                            .getSpec()
                            .getReplicas())
                    .as("applying it would set it back")
                    .isNull();
            assertThat(scaler.getSpec().getMinReplicas()).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void subscribers_are_scaled_by_the_lag_of_their_own_subscription() {
        var scalers = manifests.all(HorizontalPodAutoscaler.class).stream()
                .filter(scaler -> !scaler.getMetadata().getName().equals("gateway"))
                .toList();
        assertThat(scalers)
                .extracting(scaler -> scaler.getMetadata().getName())
                .containsExactlyInAnyOrderElementsOf(subscribers());
        for (var scaler : scalers) {
            var metric = scaler.getSpec().getMetrics().get(0).getExternal().getMetric();
            assertThat(metric.getName()).isEqualTo(LAG).isIn(Reference.metrics());
            assertThat(metric.getSelector().getMatchLabels())
                    .containsEntry(
                            "messaging_consumer_group_name",
                            scaler.getSpec().getScaleTargetRef().getName());
            // A source has 8 lanes, each taken by one instance at a time
            assertThat(scaler.getSpec().getMaxReplicas()).isBetween(3, 8);
        }
    }

    @Test
    void the_gateway_is_scaled_by_its_cpu() {
        var metric = manifests
                .one(HorizontalPodAutoscaler.class, "gateway")
                .getSpec()
                .getMetrics()
                .get(0)
                .getResource();
        assertThat(metric.getName()).isEqualTo("cpu");
        assertThat(metric.getTarget().getAverageUtilization()).isBetween(50, 90);
    }

    @Test
    void the_adapter_offers_the_metric_that_scalers_ask_for() {
        var rules = Manifests.documents(Repository.text("k8s/prometheus-adapter.yaml"))
                .get(0)
                .at("/rules/external");
        assertThat(rules).hasSize(1);
        var rule = rules.get(0);
        assertThat(rule.at("/name/as").asText()).isEqualTo(LAG);
        assertThat(LAG).matches(rule.at("/name/matches").asText());
        assertThat(rule.path("seriesQuery").asText()).startsWith(LAG + "{job=\"postbus\"");
        assertThat(rule.path("metricsQuery").asText())
                .contains("messaging_consumer_group_name", "<<.Series>>", "<<.LabelMatchers>>");
    }

    @Test
    void the_metrics_of_every_node_are_asked_for_under_the_name_that_alerts_expect() {
        var monitor = manifests.all(ServiceMonitor.class).get(0).getSpec();
        var services = manifests.all(Service.class).stream()
                .filter(service -> service.getMetadata().getLabels() != null
                        && Labels.match(
                                monitor.getSelector(), service.getMetadata().getLabels()))
                .toList();
        assertThat(services).hasSize(1);
        var service = services.get(0);
        assertThat(service.getMetadata().getLabels()).containsEntry(monitor.getJobLabel(), "postbus");
        assertThat(manifests.deployments())
                .allMatch(one -> Labels.match(
                        service.getSpec().getSelector(),
                        one.getSpec().getTemplate().getMetadata().getLabels()));
        var endpoint = monitor.getEndpoints().get(0);
        assertThat(service.getSpec().getPorts()).anyMatch(port -> port.getName().equals(endpoint.getPort()));
        assertThat(endpoint.getPath()).isEqualTo("/metrics").isIn(Reference.paths());
    }

    @Test
    void alerts_are_those_of_the_file_for_prometheus() {
        var rule = Manifests.documents(Repository.text("k8s/rendered/production.yaml")).stream()
                .filter(document -> document.path("kind").asText().equals("PrometheusRule"))
                .findFirst()
                .map(document -> document.path("spec"))
                .orElseThrow();
        assertThat(rule)
                .isEqualTo(Manifests.documents(Repository.text("conf/prometheus/alerts.yaml"))
                        .get(0));
    }

    @Test
    void the_ingress_leads_to_all_that_the_gateway_offers_and_not_to_health_and_metrics() {
        var paths = paths();
        assertThat(Reference.paths())
                .filteredOn(path -> WITHHELD.stream().noneMatch(path::startsWith))
                .isNotEmpty()
                .allMatch(path -> paths.stream().anyMatch(rule -> leads(rule, path)), "is led to");
        for (var path : List.of("/", "/console/console.js", "/docs", "/docs/docs.js")) {
            assertThat(paths).as(path).anyMatch(rule -> leads(rule, path));
        }
        for (var path : List.of("/health/ready", "/health", "/metrics", "/elsewhere")) {
            assertThat(paths).as(path).noneMatch(rule -> leads(rule, path));
        }
    }

    @Test
    void the_ingress_speaks_tls_and_leads_to_the_gateway() {
        var spec = manifests.one(Ingress.class, "gateway").getSpec();
        assertThat(spec.getRules())
                .allMatch(rule ->
                        spec.getTls().stream().anyMatch(tls -> tls.getHosts().contains(rule.getHost())));
        var gateway = manifests.one(Service.class, "gateway").getSpec();
        assertThat(paths()).allSatisfy(path -> {
            assertThat(path.getBackend().getService().getName()).isEqualTo("gateway");
            assertThat(gateway.getPorts())
                    .anyMatch(port -> port.getName()
                            .equals(path.getBackend().getService().getPort().getName()));
        });
    }

    @Test
    void a_commit_is_on_two_servers() {
        var spec = manifests.all(PostgresCluster.class).get(0).spec();
        assertThat(spec.instances()).isGreaterThanOrEqualTo(3);
        assertThat(spec.postgresql().synchronous().number()).isPositive();
        assertThat(spec.postgresql().synchronous().dataDurability()).isEqualTo("required");
        assertThat(spec.postgresql().parameters()).containsEntry("synchronous_commit", "on");
        assertThat(spec.affinity().podAntiAffinityType()).isEqualTo("required");
    }

    @Test
    void each_service_logs_in_as_a_user_of_its_own_that_has_its_role_alone() {
        var roles = manifests.all(PostgresCluster.class).get(0).spec().managed().roles();
        for (var deployment : manifests.deployments()) {
            var name = deployment.getMetadata().getName();
            if (name.equals("gateway")) {
                continue;
            }
            var role = "postbus_" + (name.equals("outbox") ? "relay" : name);
            var url = Pods.environment(manifests, Pods.node(deployment)).get("DATABASE_URL");
            var secret = url.getValueFrom().getSecretKeyRef().getName();
            assertThat(roles)
                    .filteredOn(
                            one -> one.login() && one.passwordSecret().name().equals(secret))
                    .singleElement()
                    .satisfies(one -> assertThat(one.inRoles()).containsExactly(role));
            assertThat(roles).anyMatch(one -> one.name().equals(role) && !one.login());
        }
    }

    @Test
    void a_schema_is_migrated_by_its_owner_before_a_node_starts_that_is_not_told_how_the_owner_logs_in() {
        assertThat(manifests.deployments()).allSatisfy(deployment -> {
            var pod = deployment.getSpec().getTemplate().getSpec();
            var isService =
                    "service".equals(deployment.getMetadata().getLabels().get("app.kubernetes.io/component"));
            assertThat(pod.getInitContainers()).hasSize(isService ? 1 : 0);
            for (var migration : pod.getInitContainers()) {
                assertThat(migration.getArgs()).containsExactly("migrate");
                assertThat(migration.getImage()).isEqualTo(Pods.node(deployment).getImage());
                assertThat(secrets(migration)).containsExactly("postgres-app");
            }
            assertThat(secrets(Pods.node(deployment))).doesNotContain("postgres-app");
        });
    }

    private static List<String> secrets(Container container) {
        return container.getEnv().stream()
                .map(EnvVar::getValueFrom)
                .filter(source -> source != null && source.getSecretKeyRef() != null)
                .map(source -> source.getSecretKeyRef().getName())
                .toList();
    }

    @Test
    void the_gateway_gets_nothing_of_the_database() {
        assertThat(Pods.environment(manifests, Pods.node(manifests.one(Deployment.class, "gateway")))
                        .keySet())
                .noneMatch(name -> name.startsWith("DATABASE"));
    }

    private List<HTTPIngressPath> paths() {
        return manifests.one(Ingress.class, "gateway").getSpec().getRules().stream()
                .flatMap(rule -> rule.getHttp().getPaths().stream())
                .toList();
    }

    private static boolean leads(HTTPIngressPath rule, String path) {
        return path.equals(rule.getPath())
                || (rule.getPathType().equals("Prefix") && path.startsWith(rule.getPath() + "/"));
    }

    /** Services that take events or commands, by their own words. */
    private static List<String> subscribers() {
        var takes = Pattern.compile("\\bon\\.(event|events|command|eventBatch)\\(");
        return Repository.verticles().stream()
                .filter(name -> takes.matcher(Repository.text("verticles/" + name + "/src/main/java/postbus/" + name
                                + "/" + Character.toUpperCase(name.charAt(0)) + name.substring(1) + "Verticle.java"))
                        .find())
                .toList();
    }
}
