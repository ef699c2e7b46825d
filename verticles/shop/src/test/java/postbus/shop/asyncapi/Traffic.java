package postbus.shop.asyncapi;

import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import postbus.messaging.service.Handled;
import postbus.messaging.service.ServiceVerticle;
import postbus.node.Node;
import postbus.node.NodeService;
import postbus.node.Settings;
import postbus.postgres.ScratchDatabase;

/**
 * Which service sends and which receives what. Receiving is what the started verticles say; sending is where the message
 * is made, read from the byte code.
 */
final class Traffic {
    private final Map<String, Handled> handled = new TreeMap<>();
    private final JavaClasses product;
    private final List<String> services;

    private Traffic(JavaClasses product, List<String> services) {
        this.product = product;
        this.services = services;
    }

    /** Starts the services on a database of their own, and ends them. */
    static Traffic of(List<NodeService> services, JavaClasses product) {
        var traffic =
                new Traffic(product, services.stream().map(NodeService::name).toList());
        var watched = new ArrayList<NodeService>();
        var verticles = new TreeMap<String, ServiceVerticle>();
        for (var service : services) {
            if (!service.hasSchema()) {
                continue; // handles no messages
            }
            watched.add(new NodeService(
                    service.name(),
                    service.hasSchema(),
                    service.servesHttp(),
                    node -> {
                        var verticle = service.verticle().apply(node);
                        if (verticle instanceof ServiceVerticle handling) {
                            verticles.put(service.name(), handling);
                        }
                        return verticle;
                    },
                    service.commands()));
        }
        var settings = Settings.of(Map.of("DATABASE_URL", ScratchDatabase.create(), "DATABASE_POOL_SIZE", "2"));
        var node = Node.alone();
        try {
            node.deploy(watched, name -> settings);
            verticles.forEach((name, verticle) -> traffic.handled.put(name, verticle.handled()));
        } finally {
            node.close();
        }
        return traffic;
    }

    /** Whose subscription applies it. */
    Set<String> receivers(String type) {
        return with(type, handled -> handled.messages().contains(type));
    }

    /** Who answers it. */
    Set<String> answerers(String type) {
        return with(type, handled -> handled.requests().contains(type));
    }

    private interface Question {
        boolean ask(Handled handled);
    }

    private Set<String> with(String type, Question question) {
        var found = new TreeSet<String>();
        handled.forEach((name, handled) -> {
            if (question.ask(handled)) {
                found.add(name);
            }
        });
        return found;
    }

    /** Whose code makes such messages. */
    Set<String> senders(Class<?> type) {
        var senders = new TreeSet<String>();
        product.get(type).getConstructorCallsToSelf().forEach(call -> {
            var parts = call.getOriginOwner().getPackageName().split("\\.", 3);
            if (parts.length > 1 && services.contains(parts[1])) {
                senders.add(parts[1]);
            }
        });
        return senders;
    }
}
