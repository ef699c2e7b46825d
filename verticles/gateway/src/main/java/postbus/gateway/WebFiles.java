package postbus.gateway;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import postbus.messaging.Problem;

/**
 * A folder of files for browsers, on the event loop: its {@code index.html} at one path, the others below another. All
 * of it is read from the class path once, into memory, so that nothing is unpacked and no request waits for a disk.
 *
 * <p>Browsers keep a file and ask each time whether it is still the same, by its {@code ETag}; so a newer gateway is seen
 * at once. What they may do with a page is as little as possible: its own scripts, styles and requests to this gateway,
 * nothing inline, in no frame, nothing from anybody else. Paths that are not of the folder are left to others.
 */
final class WebFiles implements Handler<RoutingContext> {
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'; connect-src 'self'";

    /** 4 MiB: what is kept of one folder at most. */
    private static final int BYTES_MAX = 4 << 20;

    private static final String INDEX = "index.html";
    private static final String ALLOWED = "GET, HEAD, OPTIONS";

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "mjs", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml",
            "txt", "text/plain; charset=utf-8");

    private record WebFile(String type, String tag, Buffer content) {}

    private final String prefix;
    private final Supplier<String> othersAsked;
    private final Map<String, WebFile> files = new TreeMap<>();

    /**
     * Reads the folder; a file whose name does not say what it is fails.
     *
     * @param folder beside this class, with an {@code index.html}
     * @param page path of {@code index.html}
     * @param prefix begin of the path of every other file, ends with a slash
     * @param othersAsked an origin beside this gateway that its scripts may ask; empty for none
     */
    WebFiles(String folder, String page, String prefix, Supplier<String> othersAsked) {
        this.prefix = prefix;
        this.othersAsked = othersAsked;
        var index = WebFiles.class.getResource(folder + "/" + INDEX);
        if (index == null) {
            throw new IllegalArgumentException("no " + folder + "/" + INDEX + " on the class path");
        }
        try {
            read(index);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        files.put(page, files.remove(prefix + INDEX));
    }

    private void read(URL index) throws IOException {
        if (index.openConnection() instanceof JarURLConnection jar) {
            try (var inside = FileSystems.newFileSystem(
                    Path.of(URI.create(jar.getJarFileURL().toString())))) {
                readFolder(inside.getPath(jar.getEntryName()).resolveSibling(""));
            }
        } else {
            readFolder(Path.of(URI.create(index.toString())).resolveSibling(""));
        }
    }

    private void readFolder(Path folder) throws IOException {
        int bytes = 0;
        try (var found = Files.walk(folder)) {
            for (var file : found.filter(Files::isRegularFile).toList()) {
                var content = Files.readAllBytes(file);
                bytes += content.length;
                if (bytes > BYTES_MAX) {
                    throw new IllegalStateException(
                            folder + " is too large: more than " + BYTES_MAX + " bytes at " + file);
                }
                var name = folder.relativize(file).toString().replace('\\', '/');
                files.put(prefix + name, new WebFile(type(name), tag(content), Buffer.buffer(content)));
            }
        }
    }

    private static String type(String name) {
        var type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        if (type == null) {
            throw new IllegalStateException(name + " is none of " + TYPES.keySet());
        }
        return type;
    }

    private static String tag(byte[] content) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(content);
            return "\"" + HexFormat.of().formatHex(digest, 0, 16) + "\"";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public void handle(RoutingContext http) {
        var path = http.request().path();
        var file = path == null ? null : files.get(path);
        if (file == null) {
            http.next();
            return;
        }
        var method = http.request().method();
        var isRead = method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
        if (!isRead) {
            http.response().putHeader(HttpHeaders.ALLOW, ALLOWED);
            if (!method.equals(HttpMethod.OPTIONS)) {
                throw new WrongRequest(Problem.METHOD_NOT_ALLOWED, path + " takes GET, HEAD, not " + method);
            }
            http.response().setStatusCode(204).end();
            return;
        }
        answer(http, file);
    }

    private void answer(RoutingContext http, WebFile file) {
        var origin = othersAsked.get();
        var response = http.response()
                .putHeader(HttpHeaders.ETAG, file.tag())
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
                .putHeader(HttpHeaders.CONTENT_TYPE, file.type())
                .putHeader("Content-Security-Policy", origin.isEmpty() ? POLICY : POLICY + " " + origin);
        if (http.isFresh()) {
            response.setStatusCode(304).end();
        } else if (http.request().method().equals(HttpMethod.HEAD)) {
            response.putHeader(
                            HttpHeaders.CONTENT_LENGTH,
                            String.valueOf(file.content().length()))
                    .end();
        } else {
            response.end(file.content());
        }
    }
}
