package postbus.k8s;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The file tree of an image, made by {@code k8s/image/tree} from a fat jar. */
final class ImageTree {
    private final Path folder;

    private ImageTree(Path folder) {
        this.folder = folder;
    }

    /** Makes it. Takes some seconds. */
    static ImageTree of(String verticle, Path folder, Path fatJar) {
        run(
                Map.of("JAVA_HOME", System.getProperty("java.home")),
                Repository.HOME.resolve("k8s/image/tree").toString(),
                verticle,
                folder.toString(),
                fatJar.toString());
        return new ImageTree(folder);
    }

    static Path fatJar(String verticle) {
        return Repository.HOME.resolve("verticles/" + verticle + "/target/" + verticle + ".jar");
    }

    /** Runs a command to its end, with more variables than this process has; fails with what it said. */
    static void run(Map<String, String> environment, String... command) {
        try {
            var builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(environment);
            var process = builder.start();
            process.getOutputStream().close();
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.onExit().join().exitValue() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path layer(String name) {
        return folder.resolve(name);
    }

    /** By layer, a hash of all that its archive would have: names, kinds, rights, times and contents. */
    Map<String, String> digests() {
        var digests = new LinkedHashMap<String, String>();
        for (var layer : Dockerfile.layers()) {
            digests.put(layer, digest(layer(layer)));
        }
        return digests;
    }

    long bytes(String layer) {
        return files(layer(layer)).stream()
                .filter(Files::isRegularFile)
                .mapToLong(ImageTree::size)
                .sum();
    }

    /** The layers above each other, as a container has them, by hard links. Same file system as the tree. */
    void unpack(Path root) {
        for (var layer : Dockerfile.layers()) {
            run(Map.of(), "cp", "-al", layer(layer) + "/.", root.toString());
        }
    }

    private static String digest(Path layer) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (var file : files(layer)) {
                var attributes = Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                var line = String.join(
                        " ",
                        layer.relativize(file).toString(),
                        PosixFilePermissions.toString(attributes.permissions()),
                        attributes.lastModifiedTime().toInstant().toString(),
                        attributes.isSymbolicLink()
                                ? Files.readSymbolicLink(file).toString()
                                : "");
                digest.update(line.getBytes(StandardCharsets.UTF_8));
                if (attributes.isRegularFile()) {
                    digest.update(Files.readAllBytes(file));
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
