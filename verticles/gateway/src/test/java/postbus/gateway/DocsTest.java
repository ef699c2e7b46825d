package postbus.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(Shop.Extension.class)
class DocsTest {
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private static final Pattern ASSET = Pattern.compile("(?:src|href)=\"([^\"]+)\"");

    private final Api api;

    DocsTest(Shop shop) {
        this.api = shop.api;
    }

    @Test
    void the_page_is_at_docs() throws Exception {
        var bare = get("/docs");
        assertThat(bare.statusCode()).isEqualTo(302);
        assertThat(bare.headers().firstValue("Location")).contains("docs/");

        var page = get("/docs/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/html"));
    }

    @Test
    void all_it_needs_comes_from_here() throws Exception {
        var assets = assets(get("/docs/").body());
        assertThat(assets).contains("swagger-ui-bundle.js", "swagger-ui.css", "../openapi.yaml", "../asyncapi.yaml");
        for (var asset : assets) {
            if (!asset.startsWith("data:")) {
                assertThat(asset).doesNotContain("//");
                assertThat(get("/docs/" + asset).statusCode()).as(asset).isEqualTo(200);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/docs/", "/docs/docs.js", "/docs/swagger-ui-bundle.js"})
    void a_browser_is_told_to_run_only_scripts_from_here(String path) throws Exception {
        var headers = get(path).headers();
        assertThat(headers.firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy)
                        .contains(
                                "default-src 'none'",
                                "script-src 'self';",
                                "connect-src 'self'",
                                "frame-ancestors 'none'"));
        assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
    }

    @Test
    void the_page_has_no_script_of_its_own_inside() throws Exception {
        assertThat(get("/docs/").body())
                .doesNotContainPattern("<script(?![^>]*src=)")
                .doesNotContain("onload=");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/docs/nothing.js",
                "/docs/../postbus/gateway/openapi.yaml",
                "/docs/%2e%2e/%2e%2e/META-INF/MANIFEST.MF"
            })
    void what_is_not_of_the_page_is_not_there(String path) throws Exception {
        var reply = get(path);
        assertThat(reply.statusCode()).isEqualTo(404);
        assertThat(reply.body()).contains("/problems/not-found");
    }

    private static List<String> assets(String page) {
        return ASSET.matcher(page)
                .results()
                .map(found -> found.group(1))
                .distinct()
                .toList();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return CLIENT.send(api.request(path).build(), BodyHandlers.ofString());
    }
}
