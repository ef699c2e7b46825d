package postbus.notifications;

import java.util.UUID;

/** Where a webhook's events go, and the key that proves they come from us. */
record Receiver(UUID webhookId, String url, WebhookSecret secret) {}
