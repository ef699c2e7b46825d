package postbus.bench.chaos;

import postbus.node.Node;
import postbus.node.NodeService;

/** The auditor as a process of its own. */
public final class AuditorMain {
    static final NodeService SERVICE = NodeService.of("auditor", node -> new AuditorVerticle(node.service()));

    private AuditorMain() {}

    public static void main(String[] arguments) {
        Node.main(SERVICE, arguments);
    }
}
