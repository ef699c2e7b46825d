package postbus.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code k8s/roll}, with a kubectl that writes down what it is asked and does nothing. */
@Timeout(60)
class RollTest {
    private static final List<String> ORDER = List.of(
            "catalog",
            "inventory",
            "notifications",
            "ordering",
            "payment",
            "shipping",
            "tracking",
            "outbox",
            "gateway");

    @TempDir
    private Path folder;

    private Path asked;

    @BeforeEach
    void prepare() throws IOException {
        asked = folder.resolve("asked");
        var kubectl = Files.writeString(folder.resolve("kubectl"), """
                #!/bin/sh
                echo "$*" >>"%s"
                case "$*" in *"$FAILS"*) exit 1 ;; esac
                """.formatted(asked));
        assertThat(kubectl.toFile().setExecutable(true)).isTrue();
    }

    @Test
    void services_go_before_relays_before_gateways_each_when_the_one_before_is_through() throws IOException {
        roll("nothing that is asked");
        var lines = Files.readAllLines(asked);
        assertThat(lines.get(0)).startsWith("apply -k ").endsWith(" -l !app.kubernetes.io/name");
        for (int nth = 0; nth < ORDER.size(); nth++) {
            assertThat(lines.get(1 + 2 * nth)).endsWith(" -l app.kubernetes.io/name=" + ORDER.get(nth));
            assertThat(lines.get(2 + 2 * nth)).startsWith("rollout status deployment/" + ORDER.get(nth) + " ");
        }
        assertThat(lines).hasSize(1 + 2 * ORDER.size());
        assertThat(ORDER).containsExactlyInAnyOrderElementsOf(Repository.verticles());
    }

    @Test
    void one_that_does_not_get_ready_is_the_last_that_is_touched() throws IOException {
        assertThatThrownBy(() -> roll("status deployment/inventory")).isInstanceOf(IllegalStateException.class);
        assertThat(Files.readAllLines(asked)).last().asString().contains("rollout status deployment/inventory");
    }

    @Test
    void every_node_has_the_label_that_it_is_chosen_by_and_nothing_else_has() {
        for (var overlay : List.of("local", "production")) {
            assertThat(Manifests.of(overlay).all(HasMetadata.class)).allSatisfy(one -> {
                var labels = one.getMetadata().getLabels();
                var name = labels == null ? null : labels.get("app.kubernetes.io/name");
                assertThat(name)
                        .isEqualTo(one instanceof Deployment ? one.getMetadata().getName() : null);
            });
        }
    }

    private void roll(String fails) {
        ImageTree.run(
                Map.of("PATH", folder + ":" + System.getenv("PATH"), "FAILS", fails),
                Repository.HOME.resolve("k8s/roll").toString(),
                "local");
    }
}
