package postbus.contracts.notifications;

import java.util.List;
import postbus.messaging.Command;
import postbus.messaging.Reply;
import postbus.messaging.Type;

/**
 * Send events of these types to this URL from now on. Asked for by request; answered with {@link Webhook}, the only time its secret is told.
 *
 * @param url http or https
 * @param types of events ({@code ordering.order-placed.v1}); empty for all
 */
@Reply(Webhook.class)
@Type("notifications.register-webhook.v1")
public record RegisterWebhook(String url, List<String> types) implements Command {
    @Override
    public String key() {
        return url;
    }
}
