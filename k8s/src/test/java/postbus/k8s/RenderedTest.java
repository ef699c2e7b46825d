package postbus.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code k8s/rendered} has what each overlay comes to. It is made by {@code kubectl kustomize}, which a machine may lack;
 * so it is checked in, with a hash of what it was made from. With {@code -Dpostbus.k8s.write=true} it is made anew.
 */
@Timeout(60)
class RenderedTest {
    private static final String WRITE = "postbus.k8s.write";
    private static final Pattern KUSTOMIZE = Pattern.compile("Kustomize Version: v(\\d+)\\.");
    private static final int KUSTOMIZE_MAJOR_MIN = 5;

    @ParameterizedTest
    @ValueSource(strings = {"local", "production"})
    void what_is_rendered_was_made_from_what_is_written(String overlay) throws IOException, NoSuchAlgorithmException {
        var head = head(overlay);
        if (Boolean.getBoolean(WRITE)) {
            Files.createDirectories(file(overlay).getParent());
            Files.writeString(file(overlay), head + render(overlay));
        }
        assertThat(Repository.text("k8s/rendered/" + overlay + ".yaml"))
                .as("a file in k8s/ has changed since: ./mvnw test -pl k8s -Dtest=RenderedTest -D%s=true", WRITE)
                .startsWith(head);
    }

    @ParameterizedTest
    @ValueSource(strings = {"local", "production"})
    void kubectl_renders_each_overlay_to_what_is_checked_in(String overlay) {
        var version = run("kubectl", "version", "--client");
        var kustomize = KUSTOMIZE.matcher(version);
        Assumptions.assumeTrue(
                kustomize.find() && Integer.parseInt(kustomize.group(1)) >= KUSTOMIZE_MAJOR_MIN,
                () -> "no kubectl with Kustomize " + KUSTOMIZE_MAJOR_MIN + " or newer here: " + version);
        assertThat(Manifests.documents(render(overlay)))
                .isEqualTo(Manifests.documents(Repository.text("k8s/rendered/" + overlay + ".yaml")));
    }

    private static Path file(String overlay) {
        return Repository.HOME.resolve("k8s/rendered/" + overlay + ".yaml");
    }

    private static String head(String overlay) throws IOException, NoSuchAlgorithmException {
        var digest = MessageDigest.getInstance("SHA-256");
        for (var folder : new String[] {"k8s/base", "k8s/overlays/" + overlay}) {
            var names = new TreeSet<String>();
            try (Stream<Path> files = Files.walk(Repository.HOME.resolve(folder))) {
                files.filter(Files::isRegularFile)
                        .forEach(file ->
                                names.add(Repository.HOME.relativize(file).toString()));
            }
            for (var name : names) {
                digest.update((name + "\n" + Repository.text(name)).getBytes(StandardCharsets.UTF_8));
            }
        }
        return "# Made by `kubectl kustomize k8s/overlays/" + overlay + "`; what it was made from has the SHA-256\n# "
                + HexFormat.of().formatHex(digest.digest()) + "\n";
    }

    private static String render(String overlay) {
        var rendered = run("kubectl", "kustomize", "k8s/overlays/" + overlay);
        assertThat(rendered).startsWith("apiVersion:");
        return rendered;
    }

    /** What it printed, or why it could not be run. */
    private static String run(String... command) {
        try {
            var process = new ProcessBuilder(command)
                    .directory(Repository.HOME.toFile())
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor(30, TimeUnit.SECONDS) ? output : "not within 30 s: " + output;
        } catch (IOException e) {
            return e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
