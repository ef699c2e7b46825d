package postbus.bench.chaos;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/** A jar of nothing but a manifest that refers to this process's class path. */
final class ThinJar {
    private ThinJar() {}

    /** Writes one that runs this main class, with what a fat jar's manifest allows. */
    static void write(Path file, Class<?> main) {
        var manifest = new Manifest();
        var attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(Attributes.Name.MAIN_CLASS, main.getName());
        attributes.put(Attributes.Name.CLASS_PATH, classPath());
        attributes.putValue("Enable-Native-Access", "ALL-UNNAMED");
        attributes.putValue("Add-Exports", "java.base/jdk.internal.ref");
        attributes.putValue(
                "Add-Opens",
                "java.base/java.lang java.base/java.nio java.base/sun.nio.ch java.management/sun.management "
                        + "jdk.management/com.sun.management.internal");
        try {
            Files.createDirectories(file.getParent());
            new JarOutputStream(Files.newOutputStream(file), manifest).close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(path -> Path.of(path).toUri().toString()) // a folder's ends with a slash, as it must
                .collect(Collectors.joining(" "));
    }
}
