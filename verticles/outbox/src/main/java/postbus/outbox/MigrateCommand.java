package postbus.outbox;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import postbus.messaging.MessageType;
import postbus.node.Database;
import postbus.node.command.CommandContext;
import postbus.node.command.Table;

/** Brings the tables of messages up to date. */
@Command(
        name = "migrate",
        mixinStandardHelpOptions = true,
        description = {
            "Brings the tables of messages in every service's schema to this version: what each service's node does when it"
                    + " starts, done beforehand. A service's own tables are brought up to date by its own nodes. Nodes may"
                    + " run meanwhile; one that migrates too is waited for. Done again it changes nothing."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  migrate", "  migrate --service ordering", "  migrate --service library     # makes the schema"})
final class MigrateCommand implements Callable<Integer> {
    private static final String VERSION = """
            select coalesce(max(version::int), 0) as version from messaging_history where success and version is not null
            """;

    private static final String HAS_HISTORY = """
            select exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
                            where n.nspname = $1 and c.relname = 'messaging_history') as has_history
            """;

    private final Operator operator;

    @Option(names = "--service", description = "only this one, also one that has no schema yet; may come again")
    private List<String> services = new ArrayList<>();

    @Option(names = "--json", description = "as JSON")
    private boolean isJson;

    MigrateCommand(CommandContext context) {
        this.operator = new Operator(context);
    }

    private record Done(String service, int from, int to) {}

    private record Json(List<Done> services) {}

    @Override
    public Integer call() {
        var context = operator.context();
        var database = Database.of(context.settings());
        var names = services.isEmpty() ? operator.services(List.of()) : services;
        var done = new ArrayList<Done>();
        for (var service : names) {
            MessageType.requireServiceName(service);
            int from = version(service);
            context.progress().during(service + ", " + (done.size() + 1) + " of " + names.size(), () -> {
                database.migrate(service, false);
                return true;
            });
            done.add(new Done(service, from, version(service)));
        }
        if (isJson) {
            operator.printJson(new Json(done));
            return 0;
        }
        var table = new Table("SERVICE", "FROM", "TO");
        done.forEach(each -> table.row(each.service(), each.from(), each.to()));
        table.print(context.out());
        return 0;
    }

    private int version(String service) {
        var hasHistory = operator.schemas()
                .in("pg_catalog")
                .find(HAS_HISTORY, row -> row.getBoolean("has_history"), service)
                .orElseThrow();
        return hasHistory
                ? operator.schemas()
                        .in(service)
                        .find(VERSION, row -> row.getInteger("version"))
                        .orElse(0)
                : 0;
    }
}
