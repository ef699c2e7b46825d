package postbus.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The console as the gateway serves it; what it does is tested in a browser, with the whole shop. */
@ExtendWith(Shop.Extension.class)
class WebFilesTest {
    private static final Path CONSOLE = Path.of("src/main/resources/postbus/gateway/console");
    private static final Pattern IMPORT = Pattern.compile("(?m)^(?:import\\b[^;]*?|\\} )from ?[\"']([^\"']+)[\"']");
    private static final Pattern VENDORED = Pattern.compile("(?m)^(\\S+\\.mjs) .* ([0-9a-f]{64})$");

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Api api;

    WebFilesTest(Shop shop) {
        this.api = shop.api;
    }

    /** Pages are beside the contract, against which {@link Api} holds everything else. */
    private HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        var request = api.request(path);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    private static String header(HttpResponse<String> reply, String name) {
        return reply.headers().firstValue(name).orElseThrow(() -> new AssertionError("no " + name));
    }

    static Stream<String> names() throws IOException {
        try (var files = Files.walk(CONSOLE)) {
            return files
                    .filter(Files::isRegularFile)
                    .map(file -> CONSOLE.relativize(file).toString().replace('\\', '/'))
                    .toList()
                    .stream();
        }
    }

    @Test
    void the_console_is_at_the_root() throws Exception {
        var reply = get("/");

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(header(reply, "Content-Type")).isEqualTo("text/html; charset=utf-8");
        assertThat(reply.body()).isEqualTo(Files.readString(CONSOLE.resolve("index.html")));
    }

    @ParameterizedTest
    @CsvSource({
        "main.js, text/javascript; charset=utf-8",
        "vendor/preact.mjs, text/javascript; charset=utf-8",
        "console.css, text/css; charset=utf-8",
        "icon.svg, image/svg+xml",
        "vendor/VENDORED.txt, text/plain; charset=utf-8"
    })
    void its_files_are_served_as_what_they_are(String name, String type) throws Exception {
        var reply = get("/console/" + name);

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(header(reply, "Content-Type")).isEqualTo(type);
        assertThat(reply.body()).isEqualTo(Files.readString(CONSOLE.resolve(name)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/console/main.js", "/console/icon.svg"})
    void nothing_of_others_runs_in_it(String path) throws Exception {
        var reply = get(path);

        assertThat(header(reply, "Content-Security-Policy"))
                .contains("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe", "http");
        assertThat(header(reply, "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(header(reply, "Referrer-Policy")).isEqualTo("no-referrer");
    }

    @Test
    void a_file_that_is_still_the_same_is_not_sent_again() throws Exception {
        var first = get("/console/main.js");

        assertThat(header(first, "Cache-Control")).isEqualTo("no-cache");
        var again = get("/console/main.js", "If-None-Match", header(first, "ETag"));
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(get("/console/main.js", "If-None-Match", "\"other\"").statusCode())
                .isEqualTo(200);
    }

    @Test
    void HEAD_is_answered_like_GET_without_the_body() throws IOException {
        try (var wire = api.wire()) {
            var reply = wire.request("HEAD /console/main.js").read(true);

            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.headers().get("content-length")).isEqualTo("" + Files.size(CONSOLE.resolve("main.js")));
            assertThat(wire.request("GET /health/live").read().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/console",
                "/console/",
                "/console/index.html",
                "/console/other.js",
                "/console/../console/main.js",
                "/console/%2e%2e/%2e%2e/GatewayMain.class",
                "/console//main.js",
                "/main.js"
            })
    void what_is_not_a_file_of_it_is_not_there(String path) {
        var reply = api.get(path);

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.json().getString("type")).isEqualTo("/problems/not-found");
    }

    @Test
    void its_files_are_only_read() {
        var refused = api.post("/console/main.js", "{}");
        assertThat(refused.status()).isEqualTo(405);
        assertThat(refused.header("Allow")).isEqualTo("GET, HEAD, OPTIONS");
        assertThat(api.call("OPTIONS", "/", null).status()).isEqualTo(204);
    }

    @Test
    void a_folder_that_is_not_there_fails_the_start() {
        assertThatThrownBy(() -> new WebFiles("nowhere", "/nowhere", "/nowhere/", () -> ""))
                .hasMessageContaining("nowhere/index.html");
    }

    @ParameterizedTest
    @MethodSource("names")
    void every_file_asks_only_for_files_that_are_there(String name) throws IOException {
        var text = Files.readString(CONSOLE.resolve(name));

        if (!name.startsWith("vendor/")) {
            assertThat(text).doesNotContain("innerHTML", "InnerHTML", "eval(");
        }
        if (name.endsWith(".js") || name.endsWith(".mjs")) {
            IMPORT.matcher(text).results().map(found -> found.group(1)).forEach(target -> {
                assertThat(target).startsWith("./");
                assertThat(CONSOLE.resolve(name).resolveSibling(target).normalize())
                        .exists();
            });
        }
    }

    @Test
    void what_is_of_others_is_as_it_is_written_down() throws IOException {
        var table = Files.readString(CONSOLE.resolve("vendor/VENDORED.txt"));
        var listed = VENDORED.matcher(table).results().toList();

        assertThat(listed).hasSize(3);
        for (var each : listed) {
            assertThat(sha256(CONSOLE.resolve("vendor").resolve(each.group(1))))
                    .as(each.group(1))
                    .isEqualTo(each.group(2));
        }
        assertThat(names().filter(name -> name.endsWith(".mjs"))).hasSize(3);
    }

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
