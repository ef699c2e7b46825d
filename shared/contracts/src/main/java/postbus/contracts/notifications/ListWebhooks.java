package postbus.contracts.notifications;

import postbus.messaging.Query;
import postbus.messaging.Type;

/** All webhooks, without their secrets. Answered with {@link WebhookList}. */
@Type("notifications.list-webhooks.v1")
public record ListWebhooks() implements Query {}
