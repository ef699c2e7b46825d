package postbus.shop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a pod is given when it is to end.
 *
 * @param preStop how long its preStop hook sleeps, in which it goes on as ever
 * @param grace from then until SIGKILL, the sleep included
 */
record PodTimes(Duration preStop, Duration grace) {
    private static final Path NODES = Path.of("k8s/base/nodes");

    PodTimes {
        if (grace.compareTo(preStop) <= 0) {
            throw new IllegalArgumentException("no time is left after " + preStop + " of " + grace);
        }
    }

    /** As the manifests say. */
    static PodTimes ofManifests(String service) {
        var sleep = find(service, "preStop");
        var grace = find("every", "terminationGracePeriodSeconds");
        if (grace == null) {
            throw new AssertionError("no grace in " + NODES);
        }
        return new PodTimes(
                Duration.ofSeconds(
                        sleep == null ? 0 : sleep.at("/sleep/seconds").asLong()),
                Duration.ofSeconds(grace.asLong()));
    }

    private static @Nullable JsonNode find(String file, String field) {
        try (MappingIterator<JsonNode> documents = new YAMLMapper()
                .readerFor(JsonNode.class)
                .readValues(NODES.resolve(file + ".yaml").toFile())) {
            while (documents.hasNext()) {
                var found = documents.next().findValue(field);
                if (found != null) {
                    return found;
                }
            }
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From SIGTERM to SIGKILL. */
    Duration afterPreStop() {
        return grace.minus(preStop);
    }
}
