package postbus.messaging;

/**
 * Everything a request can be refused with. The constant is the contract: its {@link #code} travels over the event
 * bus, its {@link #status} is what HTTP answers, its {@link #slug} ends the problem's type URI. Texts are for people
 * and may change.
 */
public enum Problem {
    MALFORMED(400, 400, "malformed", "The request cannot be read"),
    UNAUTHENTICATED(401, 401, "unauthenticated", "Who asks is not known"),
    FORBIDDEN(403, 403, "forbidden", "Whoever asks may not do this"),
    NOT_FOUND(404, 404, "not-found", "There is no such thing"),
    METHOD_NOT_ALLOWED(405, 405, "method-not-allowed", "The resource does not offer this method"),
    CONFLICT(409, 409, "conflict", "The state of the resource does not allow this"),
    TOO_LARGE(413, 413, "too-large", "The content is too large"),
    UNSUPPORTED_MEDIA_TYPE(415, 415, "unsupported-media-type", "The content type is not supported"),
    INVALID(422, 422, "invalid", "A value is not acceptable"),
    IDEMPOTENCY_KEY_REUSED(4221, 422, "idempotency-key-reused", "The idempotency key was used for another request"),
    TOO_MANY_REQUESTS(429, 429, "too-many-requests", "The client asks too often; retry later"),
    INTERNAL(500, 500, "internal", "Something went wrong on our side"),
    UNAVAILABLE(503, 503, "unavailable", "The service cannot answer now; retry later");

    private final int code;
    private final int status;
    private final String slug;
    private final String title;

    Problem(int code, int status, String slug, String title) {
        this.code = code;
        this.status = status;
        this.slug = slug;
        this.title = title;
    }

    /** The constant with this {@link #code}; {@link #INTERNAL} for a number from a newer version. */
    public static Problem ofCode(int code) {
        for (var problem : values()) {
            if (problem.code == code) {
                return problem;
            }
        }
        return INTERNAL;
    }

    /** Failure code on the event bus; never reused for something else. */
    public int code() {
        return code;
    }

    /** HTTP status. */
    public int status() {
        return status;
    }

    /** Last part of the problem's type URI. */
    public String slug() {
        return slug;
    }

    /** One line for people, the same for each occurrence. */
    public String title() {
        return title;
    }
}
