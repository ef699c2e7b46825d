package postbus.bench.work;

import postbus.bench.subject.Conversation;
import postbus.bench.subject.Tables;
import postbus.bench.subject.Watch;
import postbus.bench.subject.Work;

/**
 * Postbus or plain SQL in this process. Arguments are {@code postbus} or {@code plain-sql}, the JDBC URL of an empty
 * database, and how many producers commit at the same time; see {@link Conversation} for what it is told then.
 */
public final class SubjectMain {
    private SubjectMain() {}

    public static void main(String[] arguments) {
        var url = arguments[1];
        int producers = Integer.parseInt(arguments[2]);
        Conversation.hold(() -> switch (arguments[0]) {
            case "plain-sql" -> PlainSql.open(Server.databaseUrl(url), producers);
            case "postbus" -> {
                var watch = new Watch();
                yield Work.of(
                        new Postbus(Server.databaseUrl(url), watch, producers), watch, new Tables(url), producers);
            }
            default -> throw new IllegalArgumentException("neither postbus nor plain-sql: " + arguments[0]);
        });
    }
}
