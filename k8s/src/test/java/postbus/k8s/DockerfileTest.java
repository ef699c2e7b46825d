package postbus.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerPort;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The Dockerfile, the script that it calls, and the manifests say the same. */
class DockerfileTest {
    private static final Pattern ROOT = Pattern.compile("root=\\$out/(\\S+?)[/\n]|\"\\$out/(\\d[^/\"]+)/");

    @Test
    void layers_are_those_that_the_script_makes_in_the_order_of_how_seldom_they_change() {
        var made = ROOT.matcher(Repository.text("k8s/image/tree"))
                .results()
                .map(found -> found.group(1) == null ? found.group(2) : found.group(1))
                .distinct()
                .sorted()
                .toList();
        assertThat(made).hasSize(4);
        assertThat(Dockerfile.layers()).isEqualTo(made);
    }

    @Test
    void there_is_nothing_else_in_the_image() {
        assertThat(Dockerfile.base()).isEqualTo("scratch");
        assertThat(Dockerfile.text()).contains("RUN k8s/image/tree \"$VERTICLE\" /image\n");
        assertThat(Dockerfile.text().substring(Dockerfile.text().lastIndexOf("\nFROM ")))
                .doesNotContain("\nRUN ", "\nADD ");
    }

    @Test
    void the_user_is_not_root_and_has_a_name_in_the_tree() {
        assertThat(Dockerfile.user()).isEqualTo("10001:10001");
        assertThat(Repository.text("k8s/image/tree")).contains("postbus:x:10001:10001:");
    }

    @Test
    void it_starts_java_itself_which_hears_the_signal() {
        assertThat(Dockerfile.entrypoint()).containsExactly("/app/jre/bin/java", "@/app/java.options");
        assertThat(Dockerfile.stopSignal()).isEqualTo("SIGTERM");
    }

    @Test
    void it_exposes_the_ports_that_manifests_name() {
        var ports = Manifests.of("production").deployments().stream()
                .flatMap(deployment -> Pods.node(deployment).getPorts().stream())
                .map(ContainerPort::getContainerPort)
                .map(String::valueOf)
                .collect(Collectors.toSet());
        assertThat(Dockerfile.exposed()).containsExactlyInAnyOrderElementsOf(ports);
    }
}
