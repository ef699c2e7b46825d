package postbus.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import postbus.messaging.Event;
import postbus.messaging.Type;
import postbus.messaging.service.ServiceContext;
import postbus.messaging.service.ServiceVerticle;
import postbus.messaging.service.Subscriptions;
import postbus.messaging.subscription.Outcome;
import postbus.messaging.transaction.Cause;
import postbus.node.Node;
import postbus.node.NodeService;
import postbus.node.Settings;
import postbus.node.command.Commands;
import postbus.postgres.ScratchDatabase;
import postbus.testkit.Await;
import postbus.testkit.Logins;
import postbus.testkit.TestNode;

/** The commands of people on duty, typed as they would be, beside a running service. */
class OperatorCommandsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final NodeService CLERK = NodeService.of("clerk", node -> new Clerk(node.service()));

    /** What the clerk does not take. */
    private static final Set<Integer> REFUSED = ConcurrentHashMap.newKeySet();

    /** Where no gateway is. */
    private static final String NOWHERE = "http://127.0.0.1:1";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private TestNode node;

    @Type("desk.numbered.v1")
    record Numbered(String key, int n) implements Event {}

    private static final class Clerk extends ServiceVerticle {
        Clerk(ServiceContext service) {
            super(service);
        }

        @Override
        protected void wire(Subscriptions on) {
            on.eventWithOutcome(Numbered.class, (numbered, tx) -> {
                if (REFUSED.contains(numbered.n())) {
                    return Outcome.never("refused " + numbered.n());
                }
                tx.execute("insert into applied (n) values ($1)", numbered.n());
                return Outcome.done();
            });
        }
    }

    @BeforeEach
    void start() {
        REFUSED.clear();
        node = TestNode.start(CLERK);
        node.as("desk"); // with a relay
        Await.until("clerk is registered", PATIENCE, () -> subscribers() == 1);
        for (int n = 1; n <= 20; n++) {
            int number = n;
            node.as("desk").run(Cause.none(), tx -> tx.publish(new Numbered("key-" + number % 3, number)));
        }
        Await.until("all are applied", PATIENCE, () -> applied().size() == 20);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void a_replay_says_what_it_would_do_and_does_it_after_a_yes() {
        var replay =
                new String[] {"replay", "--source", "desk", "--to", "oldest", "--by", "anna", "--why", "a new table"};
        assertThat(run(CLERK, "no\n", replay)).isEqualTo(1);
        assertThat(out.toString()).contains("would come again: 20").contains("Nothing was changed.");
        assertThat(run(CLERK, "yes\n", replay)).isZero();
        Await.until("all are applied again", PATIENCE, () -> applied().size() == 40);
        assertThat(applied().subList(20, 40))
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.rangeClosed(1, 20).boxed().toList());
        assertThat(node.sql("clerk")
                        .list(
                                "select moved_by, why from replay",
                                row -> row.getString("moved_by") + ": " + row.getString("why")))
                .containsExactly("anna: a new table");
    }

    @Test
    void dead_letters_are_listed_shown_retried_and_discarded() {
        for (int n = 101; n <= 104; n++) {
            REFUSED.add(n);
            int number = n;
            node.as("desk").run(Cause.none(), tx -> tx.publish(new Numbered("dead-" + number, number)));
        }
        node.as("desk").run(Cause.none(), tx -> tx.publish(new Numbered("dead-101", 201)));
        Await.until("all are parked", PATIENCE, () -> parked() == 5);
        assertThat(run(CLERK, "", "dead-letters", "list")).isZero();
        assertThat(out.toString())
                .contains("desk.numbered.v1", "rejected", "refused 101", "refused 104")
                .doesNotContain("201");
        var first = id("dead-101");
        assertThat(run(CLERK, "", "dead-letters", "show", first)).isZero();
        assertThat(out.toString()).contains("waiting: 1", "body: {\"key\":\"dead-101\",\"n\":101}");

        REFUSED.clear();
        assertThat(run(CLERK, "", "dead-letters", "retry", first, "--by", "anna", "--why", "mended"))
                .isZero();
        Await.until("it and what waited are applied", PATIENCE, () -> applied().size() == 22);
        assertThat(applied().subList(20, 22)).containsExactly(101, 201);
        assertThat(run(CLERK, "", "dead-letters", "retry", first, "--by", "anna", "--why", "again"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("anna had it retried");

        var byKey = new String[] {
            "dead-letters", "discard", "--key", "dead-102", "--reason", "rejected", "--by", "anna", "--why", "a test"
        };
        assertThat(run(CLERK, "no\n", byKey)).isEqualTo(1);
        assertThat(out.toString()).contains("Discard 1 dead letters of clerk?").contains("Nothing was changed.");
        assertThat(parked()).isEqualTo(3);
        assertThat(run(CLERK, "yes\n", byKey)).isZero();
        assertThat(parked()).isEqualTo(2);
        assertThat(run(
                        CLERK,
                        "",
                        "dead-letters",
                        "retry",
                        "--all",
                        "--yes",
                        "--json",
                        "--by",
                        "anna",
                        "--why",
                        "mended"))
                .isZero();
        assertThat(out.toString()).contains("{\"count\":2,\"hasMore\":false}");
        Await.until("the rest is applied", PATIENCE, () -> applied().size() == 24);
        assertThat(applied().subList(22, 24)).containsExactlyInAnyOrder(103, 104);
        assertThat(node.sql("clerk")
                        .list(
                                "select decision || ' ' || key || ' ' || why as d from dead_letter_decision order by id",
                                row -> row.getString("d")))
                .containsExactly(
                        "retry dead-101 mended",
                        "discard dead-102 a test",
                        "retry dead-103 mended",
                        "retry dead-104 mended");
    }

    @Test
    void a_decision_about_dead_letters_needs_who_why_and_which() {
        for (var wrong : List.of(
                List.of("--all", "--by", "anna"),
                List.of("--by", "anna", "--why", "x"),
                List.of("--all", "--key", "k", "--by", "anna", "--why", "x"),
                List.of("7", "--by", "anna", "--why", "x"))) {
            var arguments = new ArrayList<>(List.of("dead-letters", "discard"));
            arguments.addAll(wrong);
            assertThat(run(CLERK, "yes\n", arguments.toArray(String[]::new)))
                    .as("%s", wrong)
                    .isEqualTo(2);
        }
        var unknown = UUID.randomUUID().toString();
        assertThat(run(CLERK, "", "dead-letters", "show", unknown)).isEqualTo(1);
        assertThat(err.toString()).contains("clerk has no dead letter " + unknown);
    }

    private int parked() {
        return node.sql("clerk")
                .find("select count(*)::int as count from parked_message", row -> row.getInteger("count"))
                .orElseThrow();
    }

    private String id(String key) {
        return node.sql("clerk")
                .find(
                        "select message_id from parked_message where key = $1 and state = 'dead'",
                        row -> row.getUUID("message_id").toString(),
                        key)
                .orElseThrow();
    }

    @Test
    void a_replay_that_cannot_be_is_exit_code_2_or_1_and_changes_nothing() {
        assertThat(run(CLERK, "", "replay", "--source", "desk", "--to", "yesterday", "--by", "anna", "--why", "x"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("must be oldest, now, position:NUMBER, or a time");
        assertThat(run(CLERK, "", "replay", "--source", "desk", "--to", "oldest", "--by", "anna"))
                .isEqualTo(2);
        assertThat(run(CLERK, "", "replay", "--source", "dsk", "--to", "oldest", "--by", "anna", "--why", "x"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("clerk has no cursors for dsk");
        assertThat(node.sql("clerk").list("select 1 as one from replay", row -> 1))
                .isEmpty();
    }

    @Test
    void the_status_tells_of_sources_subscriptions_and_that_no_gateway_answers() {
        assertThat(run(OutboxMain.SERVICE, "", "status", "--lanes", "--gateway", NOWHERE))
                .isZero();
        assertThat(out.toString())
                .containsPattern("desk +20 +0 +0 +session \\d+ ")
                .containsPattern("clerk +desk +live +0 +- +0 +0 +20")
                .containsPattern("clerk +desk +7 +\\d+ +\\d+ +0")
                .contains("Nodes: no gateway answers at " + NOWHERE);
        assertThat(run(OutboxMain.SERVICE, "", "status", "--json", "--gateway", NOWHERE))
                .isZero();
        var status = json();
        assertThat(status.getJsonArray("subscriptions").getJsonObject(0).getString("state"))
                .isEqualTo("LIVE");
        assertThat(status.getJsonArray("subscriptions").getJsonObject(0).getJsonArray("lanes"))
                .hasSize(8);
        assertThat(status.getString("gatewayProblem")).contains("no gateway answers");
    }

    @Test
    void a_subscription_is_paused_and_resumed_and_the_second_time_is_exit_code_1() {
        var who = new String[] {"clerk", "--source", "desk", "--by", "anna", "--why", "a stocktaking"};
        assertThat(run(OutboxMain.SERVICE, "", with("pause", who))).isZero();
        assertThat(run(OutboxMain.SERVICE, "", with("pause", who))).isEqualTo(1);
        assertThat(out.toString()).contains("clerk is paused for desk.", "clerk was paused before for desk.");
        node.as("desk").run(Cause.none(), tx -> tx.publish(new Numbered("key-1", 21)));
        assertThat(run(OutboxMain.SERVICE, "", "doctor", "--gateway", NOWHERE)).isEqualTo(1);
        assertThat(out.toString()).contains("WARNING subscription-paused", "paused by anna", "a stocktaking");

        assertThat(run(OutboxMain.SERVICE, "", with("resume", who))).isZero();
        Await.until("what waited is applied", PATIENCE, () -> applied().size() == 21);
        assertThat(run(OutboxMain.SERVICE, "", with("resume", who))).isEqualTo(1);
        assertThat(run(OutboxMain.SERVICE, "", "pause", "clerk", "--source", "dsk", "--by", "a", "--why", "b"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("clerk has no cursors for dsk");
        out.getBuffer().setLength(0);
        assertThat(run(OutboxMain.SERVICE, "", "decisions")).isZero();
        assertThat(out.toString())
                .containsPattern(
                        "anna +resume +clerk +desk +a stocktaking\\R.*anna +pause +clerk +desk +a stocktaking");
    }

    private static String[] with(String command, String... arguments) {
        var all = new ArrayList<>(List.of(command));
        all.addAll(List.of(arguments));
        return all.toArray(String[]::new);
    }

    @Test
    void dead_letters_of_all_services_are_listed_grouped_shown_and_decided_about() {
        for (int n = 101; n <= 103; n++) {
            REFUSED.add(n);
            int number = n;
            node.as("desk").run(Cause.none(), tx -> tx.publish(new Numbered("dead-" + number, number)));
        }
        node.as("desk").run(Cause.none(), tx -> tx.publish(new Numbered("dead-101", 201)));
        Await.until("all are parked", PATIENCE, () -> parked() == 4);
        assertThat(run(OutboxMain.SERVICE, "", "dead-letters", "--state", "any"))
                .isZero();
        assertThat(out.toString())
                .contains("refused 101", "refused 103")
                .containsPattern("clerk +parked .* dead-101 +waiting");
        out.getBuffer().setLength(0);
        assertThat(run(OutboxMain.SERVICE, "", "dead-letters", "--groups", "--state", "any"))
                .isZero();
        assertThat(out.toString())
                .containsPattern("clerk +dead +rejected +desk.numbered.v1 +3 ")
                .containsPattern("clerk +parked +waiting +desk.numbered.v1 +1 ");
        var first = id("dead-101");
        assertThat(run(OutboxMain.SERVICE, "", "dead-letters", "show", first)).isZero();
        assertThat(out.toString()).contains("service: clerk", "waiting: 1", "body: {\"key\":\"dead-101\",\"n\":101}");

        REFUSED.clear();
        assertThat(run(OutboxMain.SERVICE, "", "retry", first, "--by", "anna", "--why", "mended"))
                .isZero();
        Await.until("it and what waited are applied", PATIENCE, () -> applied().size() == 22);
        assertThat(run(OutboxMain.SERVICE, "", "retry", first, "--by", "anna", "--why", "again"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("anna had it retried");
        var discard = new String[] {"discard", "--service", "clerk", "--by", "anna", "--why", "a test"};
        assertThat(run(OutboxMain.SERVICE, "no\n", discard)).isEqualTo(1);
        assertThat(out.toString()).contains("Discard 2 of clerk?", "Nothing was changed.");
        out.getBuffer().setLength(0);
        assertThat(run(OutboxMain.SERVICE, "", with("discard", "--all", "--yes", "--json", "--by", "a", "--why", "b")))
                .isZero();
        assertThat(json().getInteger("count")).isEqualTo(2);
        assertThat(parked()).isZero();
        assertThat(run(OutboxMain.SERVICE, "", with("discard", "--all", "--yes", "--by", "a", "--why", "b")))
                .as("nothing to do")
                .isEqualTo(1);
        assertThat(run(OutboxMain.SERVICE, "", "discard", "--service", "warehouse", "--by", "a", "--why", "b"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("no service 'warehouse' in this database; there are: clerk, desk");
    }

    @Test
    void messages_are_found_shown_and_told_with_what_they_set_off() {
        assertThat(run(OutboxMain.SERVICE, "", "messages", "--key", "key-1", "--limit", "3"))
                .isZero();
        assertThat(out.toString().lines().filter(line -> line.contains(" desk ")))
                .hasSize(3)
                .allMatch(line -> line.contains("desk.numbered.v1") && line.contains(" key-1 "));
        assertThat(out.toString()).contains("There are more, or may be");
        out.getBuffer().setLength(0);
        assertThat(run(OutboxMain.SERVICE, "", "messages", "--key", "key-2", "--json"))
                .isZero();
        assertThat(json().getJsonArray("messages")).hasSize(7);
        var id = json().getJsonArray("messages").getJsonObject(0).getString("messageId");
        out.getBuffer().setLength(0);
        assertThat(run(OutboxMain.SERVICE, "", "messages", "show", id)).isZero();
        assertThat(out.toString()).contains("type: desk.numbered.v1", "data: {\"key\":\"key-2\",\"n\":20}");
        out.getBuffer().setLength(0);
        assertThat(run(OutboxMain.SERVICE, "", "messages", "tree", id)).isZero();
        assertThat(out.toString()).startsWith("desk.numbered.v1 " + id + " at ");
        var unknown = UUID.randomUUID().toString();
        assertThat(run(OutboxMain.SERVICE, "", "messages", "show", unknown)).isEqualTo(1);
        assertThat(err.toString()).contains("no source has message " + unknown);
    }

    @Test
    void a_replay_by_the_outbox_jar_says_what_it_did_as_json() {
        assertThat(run(
                        OutboxMain.SERVICE,
                        "",
                        "replay",
                        "clerk",
                        "--source",
                        "desk",
                        "--to",
                        "oldest",
                        "--yes",
                        "--json",
                        "--by",
                        "anna",
                        "--why",
                        "a new table"))
                .isZero();
        assertThat(json().getInteger("messages")).isEqualTo(20);
        Await.until("all are applied again", PATIENCE, () -> applied().size() == 40);
    }

    @Test
    void the_doctor_tells_of_nodes_that_serve_nothing_are_not_ready_or_of_another_version() throws IOException {
        var overview = """
                {"at": "2026-11-24T10:00:00Z", "sources": [], "subscriptions": [], "nodes": [
                 {"id": "n1", "services": ["clerk"], "version": "1.0", "host": "a", "pid": 1, "ready": true, "problems": [],
                  "relays": [{"source": "desk", "state": "active"}]},
                 {"id": "n2", "services": [], "version": "1.1", "host": "b", "pid": 2, "ready": true, "problems": []},
                 {"id": "n3", "services": ["desk"], "version": "1.0", "host": "c", "pid": 3, "ready": false,
                  "problems": ["database: away"]}]}
                """;
        var gateway = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        gateway.createContext("/ops/overview", request -> {
            request.sendResponseHeaders(200, 0);
            try (var body = request.getResponseBody()) {
                body.write(overview.getBytes(StandardCharsets.UTF_8));
            }
        });
        gateway.start();
        try {
            var url = "http://127.0.0.1:" + gateway.getAddress().getPort();
            assertThat(run(OutboxMain.SERVICE, "", "doctor", "--gateway", url)).isEqualTo(1);
            assertThat(out.toString())
                    .contains("WARNING node-idle: node n2 on b, pid 2")
                    .contains("WARNING node-unready: node n3 on c, pid 3", "desk not ready: database: away")
                    .contains("WARNING versions-differ", "versions 1.0, 1.1")
                    .contains("3 to look after.");
            assertThat(run(OutboxMain.SERVICE, "", "status", "--gateway", url)).isZero();
            assertThat(out.toString()).containsPattern("n1 +clerk +desk active +1.0 +- +a +1 +ready");
        } finally {
            gateway.stop(0);
        }
    }

    @Test
    void with_nothing_but_notes_the_doctor_is_content() {
        assertThat(run(OutboxMain.SERVICE, "", "doctor", "--gateway", NOWHERE)).isZero();
        assertThat(out.toString())
                .contains("NOTE relay-alone: source desk", "NOTE gateway-unanswered", "Nothing holds the flow.");
        out.getBuffer().setLength(0);
        assertThat(run(OutboxMain.SERVICE, "", "doctor", "--json", "--gateway", NOWHERE))
                .isZero();
        assertThat(json().getJsonArray("findings").getJsonObject(0).getString("kind"))
                .isEqualTo("relay-alone");
        assertThat(run(OutboxMain.SERVICE, "", "doctor", "--gateway", "nowhere"))
                .isEqualTo(2);
    }

    @Test
    void message_tables_are_brought_up_to_date_and_again_changes_nothing() {
        assertThat(run(OutboxMain.SERVICE, "", "migrate", "--service", "attic")).isZero();
        assertThat(out.toString()).containsPattern("attic +0 +4\\R");
        out.getBuffer().setLength(0);
        assertThat(run(OutboxMain.SERVICE, "", "migrate", "--json")).isZero();
        assertThat(json().getJsonArray("services").stream().map(JsonObject.class::cast))
                .allSatisfy(each -> assertThat(each.getInteger("from")).isEqualTo(each.getInteger("to")))
                .extracting(each -> each.getString("service"))
                .containsExactly("attic", "clerk", "desk");
    }

    @Test
    void a_service_is_migrated_by_its_owner_and_its_node_starts_with_the_rights_of_its_role() {
        var empty = ScratchDatabase.create();
        var owner = Settings.of(Map.of("DATABASE_URL", Logins.owner(empty)));
        assertThat(run(CLERK, owner, "", "migrate")).isZero();
        assertThat(out.toString()).contains("The schema clerk is up to date.");
        assertThat(run(CLERK, owner, "", "migrate")).as("again").isZero();

        var worker = Settings.of(Map.of("DATABASE_URL", Logins.as(empty, "postbus_clerk"), "HTTP_PORT", "0"));
        try (var alone = Node.alone()) {
            alone.deploy(List.of(CLERK), name -> worker);
        }
    }

    @Test
    void a_database_that_cannot_be_reached_is_exit_code_3() {
        var unreachable = Settings.of(Map.of("DATABASE_URL", "postgresql://postgres:postgres@127.0.0.1:1/none"));
        for (var command : List.of("status", "doctor", "decisions", "migrate")) {
            assertThat(run(OutboxMain.SERVICE, unreachable, "", command))
                    .as(command)
                    .isEqualTo(3);
        }
        assertThat(run(CLERK, unreachable, "", "migrate")).isEqualTo(3);
    }

    @Test
    void every_command_has_help_with_an_example() {
        for (var command : List.of(
                "status",
                "doctor",
                "messages",
                "dead-letters",
                "retry",
                "discard",
                "replay",
                "pause",
                "resume",
                "decisions",
                "forget",
                "position",
                "migrate")) {
            out.getBuffer().setLength(0);
            assertThat(run(OutboxMain.SERVICE, "", command, "--help"))
                    .as(command)
                    .isZero();
            assertThat(out.toString()).as(command).contains("Examples:\n  " + command);
        }
        assertThat(run(OutboxMain.SERVICE, "", "--help")).isZero();
        assertThat(out.toString()).contains("Exit codes of commands:", "3   the database cannot be reached");
    }

    private JsonObject json() {
        return new JsonObject(
                out.toString().lines().reduce((first, last) -> last).orElseThrow());
    }

    @Test
    void a_subscription_is_forgotten_after_a_yes() {
        assertThat(run(OutboxMain.SERVICE, "", "forget", "clark", "--source", "desk"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("desk knows no subscription 'clark'");

        node.sql("desk").execute("insert into subscription (name, cursors) values ('gone', array[0,0,0,0,0,0,0,0])");
        assertThat(run(OutboxMain.SERVICE, "no\n", "forget", "gone", "--source", "desk"))
                .isEqualTo(1);
        assertThat(out.toString()).contains("gone has yet to apply 20 messages of desk");
        assertThat(subscribers()).isEqualTo(2);
        assertThat(run(OutboxMain.SERVICE, "", "forget", "gone", "--source", "desk", "--yes"))
                .isZero();
        assertThat(subscribers()).isEqualTo(1);
    }

    @Test
    void the_position_at_a_time_is_printed_alone_for_scripts() {
        assertThat(run(OutboxMain.SERVICE, "", "position", "--source", "desk", "--at", "2020-01-01T00:00:00Z"))
                .isZero();
        assertThat(out.toString().strip()).isEqualTo("0");
    }

    private List<Integer> applied() {
        return node.sql("clerk").list("select n from applied order by nth", row -> row.getInteger("n"));
    }

    private int subscribers() {
        return node.sql("desk")
                .list("select name from subscription", row -> row.getString("name"))
                .size();
    }

    private int run(NodeService service, String typed, String... arguments) {
        // For all services: with the rights of a relay, and those to see what sessions of others do
        var url = service.equals(CLERK)
                ? node.databaseUrl()
                : Logins.as(node.databaseUrl(), "postbus_relay", "pg_monitor");
        var settings = Settings.of(Map.of("DATABASE_URL", url, "DATABASE_OWNER_URL", node.databaseUrl()));
        return run(service, settings, typed, arguments);
    }

    private int run(NodeService service, Settings settings, String typed, String... arguments) {
        return Commands.run(
                service.name(),
                () -> settings,
                service.commands(),
                new BufferedReader(new StringReader(typed)),
                new PrintWriter(out),
                new PrintWriter(err),
                arguments);
    }
}
