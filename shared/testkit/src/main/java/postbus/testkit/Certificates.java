package postbus.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A certificate authority in a folder of its own, and what it signs: made by {@code conf/tls/certificates}, for which {@code
 * openssl} is needed. For tests of modules two folders below the root.
 */
public final class Certificates {
    private static final Path SCRIPT = Path.of("../../conf/tls/certificates");

    private final Path folder;

    private Certificates(Path folder) {
        this.folder = folder;
    }

    /** @param folder made when it is not there; an authority that is there already is taken */
    public static Certificates in(Path folder, String... names) {
        var certificates = new Certificates(folder);
        certificates.issue(List.of(names), List.of());
        return certificates;
    }

    /**
     * Signs certificates, anew where there are some.
     *
     * @param also more names and addresses that each of them has
     */
    public void issue(List<String> names, List<String> also) {
        var command = new ArrayList<>(List.of(SCRIPT.toString(), folder.toString()));
        command.addAll(names);
        try {
            var builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("ALSO", String.join(",", also));
            var process = builder.start();
            var said = new String(process.getInputStream().readAllBytes(), UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(SCRIPT + " failed: " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(SCRIPT + " does not run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public Path authority() {
        return folder.resolve("ca.pem");
    }

    public Path certificate(String name) {
        return folder.resolve(name + ".pem");
    }

    public Path key(String name) {
        return folder.resolve(name + "-key.pem");
    }

    /** What a node that has this certificate is told. */
    public Map<String, String> busSettings(String name) {
        return Map.of(
                "BUS_TLS_CERTIFICATE", certificate(name).toString(),
                "BUS_TLS_KEY", key(name).toString(),
                "BUS_TLS_CA", authority().toString());
    }
}
