package postbus.outbox;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import postbus.messaging.MessageJson;
import postbus.messaging.inspection.Inspection;
import postbus.messaging.inspection.Limits;
import postbus.messaging.inspection.Schemas;
import postbus.messaging.subscription.DeadLetters;
import postbus.messaging.transaction.Transactions;
import postbus.node.SettingException;
import postbus.node.command.CommandContext;

/** What the commands for all services have in common: which services there are, and how to reach each. */
final class Operator {
    private final CommandContext context;
    private final Map<String, Transactions> transactions = new HashMap<>();

    Operator(CommandContext context) {
        this.context = context;
    }

    /** Statements on any schema of the database. */
    Schemas schemas() {
        return schema -> transactions(schema).reading();
    }

    Transactions transactions(String service) {
        return transactions.computeIfAbsent(service, context::transactions);
    }

    DeadLetters deadLetters(String service) {
        return new DeadLetters(transactions(service), service);
    }

    /** Every service whose schema is in the database; with names, these of them. */
    List<String> services(List<String> names) {
        var here = new Inspection(schemas(), Limits.DEFAULT).services();
        for (var name : names) {
            if (!here.contains(name)) {
                throw new SettingException(
                        "no service '" + name + "' in this database; there are: " + String.join(", ", here));
            }
        }
        return names.isEmpty() ? here : names;
    }

    String service(String name) {
        return services(List.of(name)).get(0);
    }

    void printJson(Object value) {
        context.out().println(MessageJson.write(value));
    }

    CommandContext context() {
        return context;
    }
}
