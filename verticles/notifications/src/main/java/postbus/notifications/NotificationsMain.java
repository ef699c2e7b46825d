package postbus.notifications;

import postbus.node.Node;
import postbus.node.NodeService;

/** Starts notifications as a node of its own. */
public final class NotificationsMain {
    /** What the fat jar and the shop deploy. */
    public static final NodeService SERVICE = NodeService.of(
            "notifications",
            node -> new NotificationsVerticle(node.service(), NotificationsSettings.of(node.settings())));

    private NotificationsMain() {}

    public static void main(String[] args) {
        Node.main(SERVICE, args);
    }
}
