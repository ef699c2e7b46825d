package postbus.gateway.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who asks.
 *
 * @param subject the {@code sub} of the token: who it is to the issuer, and to the shop as a customer; 1 to 255 characters
 *     on one line
 * @param name what people call them: {@code preferred_username} with the subject behind it, else the subject alone; null
 *     for one who showed no token
 * @param scopes what they may do
 * @param until when their token is accepted no longer; null for one who showed none
 */
public record Caller(
        String subject,
        @Nullable String name,
        Set<String> scopes,
        @Nullable Instant until) {
    /** Who may see to everything, orders of others included. */
    public static final String OPS = "ops";

    /** Whom the development profile takes everybody without a token for. */
    public static final Caller DEMO =
            new Caller("demo", null, Set.of("orders:read", "orders:write", "catalog:write", OPS), null);

    /** Where nobody is asked who they are. */
    public static final Caller ANYONE = new Caller("anyone", null, Set.of(), null);

    public Caller {
        scopes = Set.copyOf(scopes);
    }

    public boolean hasToken() {
        return name != null;
    }

    /** Whether they would be taken for the same now if they asked again. */
    public boolean isKnownAt(Instant now) {
        return until == null || now.isBefore(until);
    }

    /** Whether what belongs to this customer is theirs to see and to change. */
    public boolean actsFor(String customerId) {
        return subject.equals(customerId) || seesAll();
    }

    public boolean seesAll() {
        return scopes.contains(OPS);
    }

    /**
     * An idempotency key that nobody else's is equal to: who guesses the key of another gets nothing by it.
     *
     * @param key as the client sent it; null for none
     */
    public @Nullable String ownKey(@Nullable String key) {
        return key == null || !hasToken() ? key : sha256(subject) + ":" + key;
    }

    private static String sha256(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
