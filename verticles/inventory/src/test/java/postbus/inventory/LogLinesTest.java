package postbus.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.core.joran.spi.JoranException;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import postbus.contracts.ordering.OrderShipped;
import postbus.messaging.transaction.Cause;
import postbus.node.Node;
import postbus.testkit.Await;
import postbus.testkit.TestNode;

/** What a handler logs, as {@code conf/logback.xml} writes it. */
@Timeout(60)
class LogLinesTest {
    private static final Path CONF = Path.of("../../conf");
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    private static TestNode node;

    private final PrintStream before = System.out;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @BeforeAll
    static void start() {
        node = TestNode.start(InventoryMain.SERVICE);
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @AfterEach
    void logAsBefore() throws JoranException {
        System.setOut(before);
        System.clearProperty("logback.configurationFile");
        System.clearProperty("LOG_FORMAT");
        configure();
    }

    /** As logback does when a process makes its first logger. */
    private static void configure() throws JoranException {
        var logback = (LoggerContext) LoggerFactory.getILoggerFactory();
        logback.reset();
        new ContextInitializer(logback).autoConfig();
    }

    private String lineAbout(String format, Cause cause) throws JoranException {
        System.setOut(new PrintStream(written, true, StandardCharsets.UTF_8));
        Node.useLogging(CONF, Map.of("LOG_FORMAT", format));
        configure();
        node.as("ordering").run(cause, tx -> tx.publish(new OrderShipped(UUID.randomUUID(), Instant.now())));
        return Await.value("the line", Duration.ofSeconds(10), this::line);
    }

    private Optional<String> line() {
        return written.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains("shipment.unreserved"))
                .findFirst();
    }

    @Test
    void a_line_ends_with_what_it_is_about() throws JoranException {
        var correlation = UUID.randomUUID();
        var traceparent = "00-" + TRACE + "-b7ad6b7169203331-01";
        assertThat(lineAbout("text", new Cause(correlation, null, traceparent)))
                .contains(" ERROR ")
                .endsWith(" correlation=" + correlation + " trace=" + TRACE);
    }

    @Test
    void a_line_outside_a_trace_names_none() throws JoranException {
        var correlation = UUID.randomUUID();
        assertThat(lineAbout("text", new Cause(correlation, null, null))).endsWith(" correlation=" + correlation);
    }

    @Test
    void as_json_each_line_is_an_object_with_fields() throws JoranException {
        var correlation = UUID.randomUUID();
        var traceparent = "00-" + TRACE + "-b7ad6b7169203331-01";
        var line = new JsonObject(lineAbout("json", new Cause(correlation, null, traceparent)));
        assertThat(line.getString("level")).isEqualTo("ERROR");
        assertThat(line.getString("loggerName")).isEqualTo("postbus.inventory.InventoryVerticle");
        assertThat(line.getString("formattedMessage")).startsWith("shipment.unreserved order=");
        assertThat(line.getLong("timestamp")).isPositive();
        assertThat(line.getJsonObject("mdc"))
                .isEqualTo(JsonObject.of("correlation", correlation.toString(), "trace", TRACE));
        assertThat(written.toString(StandardCharsets.UTF_8).lines()).allSatisfy(each -> new JsonObject(each));
    }
}
