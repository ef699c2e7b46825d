package postbus.contracts.notifications;

import java.util.List;

/** All webhooks, by id. */
public record WebhookList(List<Webhook> webhooks) {}
