package postbus.contracts.notifications;

import postbus.messaging.Query;
import postbus.messaging.Reply;
import postbus.messaging.Type;

/** All webhooks, without their secrets. Answered with {@link WebhookList}. */
@Reply(WebhookList.class)
@Type("notifications.list-webhooks.v1")
public record ListWebhooks() implements Query {}
