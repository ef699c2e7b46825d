import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Splits a fat jar: {@code java Split.java FAT-JAR VERTICLE LIBRARIES SHARED SERVICE} writes three jars, of what is not
 * ours, of our modules that all verticles have, and of the verticle's own. Prints what the manifest said, as options of
 * {@code java}: there is no manifest of all three. The same fat jar makes the same bytes.
 */
final class Split {
    /** The first time that the format can tell everywhere alike is as good as any. */
    private static final LocalDateTime TIME = LocalDateTime.of(2026, 1, 1, 0, 0);

    private static final String OURS = "postbus/";
    private static final String LOGGING = "logback.xml";

    private Split() {}

    public static void main(String[] arguments) throws IOException {
        var verticle = arguments[1];
        try (var fat = new JarFile(arguments[0])) {
            var attributes = fat.getManifest().getMainAttributes();
            try (var libraries = create(arguments[2], libraries());
                    var shared = create(arguments[3], ours(attributes, "shared"));
                    var service = create(arguments[4], ours(attributes, verticle))) {
                for (var entries = fat.entries(); entries.hasMoreElements(); ) {
                    var entry = entries.nextElement();
                    var name = entry.getName();
                    if (name.equals(JarFile.MANIFEST_NAME) || name.equals("META-INF/")) {
                        continue;
                    }
                    var target = name.startsWith(OURS + verticle + "/")
                            ? service
                            : name.startsWith(OURS) || name.equals(LOGGING) ? shared : libraries;
                    put(target, name, fat.getInputStream(entry).readAllBytes());
                }
            }
            print("--add-exports", attributes.getValue("Add-Exports"));
            print("--add-opens", attributes.getValue("Add-Opens"));
            System.out.println(attributes.getValue(Attributes.Name.MAIN_CLASS));
        }
    }

    private static void print(String option, String packages) {
        for (var one : packages.split(" ", -1)) {
            System.out.println(option + "=" + one + "=ALL-UNNAMED");
        }
    }

    /** Some have classes for newer versions of Java. */
    private static Manifest libraries() {
        return manifest(new Attributes.Name("Multi-Release"), "true");
    }

    private static Manifest ours(Attributes fat, String title) {
        var manifest = manifest(Attributes.Name.IMPLEMENTATION_TITLE, title);
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.IMPLEMENTATION_VERSION,
                        fat.getValue(Attributes.Name.IMPLEMENTATION_VERSION));
        return manifest;
    }

    private static Manifest manifest(Attributes.Name name, String value) {
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(name, value);
        return manifest;
    }

    private static ZipOutputStream create(String file, Manifest manifest) throws IOException {
        var path = Path.of(file);
        Files.createDirectories(path.getParent());
        OutputStream output = new BufferedOutputStream(Files.newOutputStream(path), 1 << 16);
        var jar = new ZipOutputStream(output);
        jar.putNextEntry(entry(JarFile.MANIFEST_NAME));
        manifest.write(jar);
        jar.closeEntry();
        return jar;
    }

    private static void put(ZipOutputStream jar, String name, byte[] content) throws IOException {
        jar.putNextEntry(entry(name));
        jar.write(content);
        jar.closeEntry();
    }

    private static ZipEntry entry(String name) {
        var entry = new ZipEntry(name);
        entry.setTimeLocal(TIME);
        return entry;
    }
}
