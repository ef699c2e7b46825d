package postbus.shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** What axe-core, run in the page, finds against WCAG 2.0 to 2.2, levels A and AA. */
final class Accessibility {
    private static final String AXE = axe();

    private static final String RUN = """
            const done = arguments[arguments.length - 1];
            const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
            axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']}).then(
                results => done(JSON.stringify({
                    checked: results.passes.length,
                    violations: results.violations.map(each => ({
                        rule: each.id, help: each.help,
                        nodes: each.nodes.slice(0, 5).map(node => node.html + ': ' + node.failureSummary)}))})),
                failure => done(JSON.stringify({checked: 0, violations: [{rule: 'axe failed: ' + failure}]})))
            """;

    private Accessibility() {}

    private static String axe() {
        try (var file = Accessibility.class.getResourceAsStream("/axe.min.js")) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void requireNoViolations(Browser browser, String what) {
        browser.run(AXE);
        var found = new JsonObject((String) browser.runToEnd(RUN));
        assertThat(found.getJsonArray("violations"))
                .as(what + ": " + found.getJsonArray("violations").encodePrettily())
                .isEqualTo(new JsonArray());
        assertThat(found.getInteger("checked")).as(what + " was looked at").isGreaterThan(5);
    }
}
