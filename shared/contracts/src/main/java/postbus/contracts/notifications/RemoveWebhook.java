package postbus.contracts.notifications;

import java.util.UUID;
import postbus.messaging.Command;
import postbus.messaging.Reply;
import postbus.messaging.Type;

/** Send nothing more to this webhook. Asked for by request; an unknown id is refused. */
@Reply(Webhook.class)
@Type("notifications.remove-webhook.v1")
public record RemoveWebhook(UUID webhookId) implements Command {
    @Override
    public String key() {
        return webhookId.toString();
    }
}
