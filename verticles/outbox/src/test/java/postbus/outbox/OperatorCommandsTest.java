package postbus.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
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
import postbus.node.NodeService;
import postbus.node.Settings;
import postbus.node.command.Commands;
import postbus.testkit.Await;
import postbus.testkit.TestNode;

/** The commands of people on duty, typed as they would be, beside a running service. */
class OperatorCommandsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final NodeService CLERK = NodeService.of("clerk", node -> new Clerk(node.service()));

    /** What the clerk does not take. */
    private static final Set<Integer> REFUSED = ConcurrentHashMap.newKeySet();

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
    void subscriptions_are_listed_and_one_is_forgotten_after_a_yes() {
        assertThat(run(OutboxMain.SERVICE, "", "subscriptions", "--source", "desk"))
                .isZero();
        assertThat(out.toString()).containsPattern("desk +clerk +\\d+ ");
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
        return Commands.run(
                service.name(),
                () -> Settings.of(Map.of("DATABASE_URL", node.databaseUrl())),
                service.commands(),
                new BufferedReader(new StringReader(typed)),
                new PrintWriter(out),
                new PrintWriter(err),
                arguments);
    }
}
