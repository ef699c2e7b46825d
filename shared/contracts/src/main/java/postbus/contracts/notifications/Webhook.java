package postbus.contracts.notifications;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A registered webhook.
 *
 * @param secret for checking signatures ({@code whsec_…}, as Standard Webhooks write it); null in lists
 */
public record Webhook(
        UUID webhookId,
        String url,
        List<String> types,
        @Nullable String secret) {}
