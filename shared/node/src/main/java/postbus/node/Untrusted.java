package postbus.node;

import java.security.cert.CertificateException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * Tells a server that does not prove what it is from one that is away: waiting helps only with the latter. By JDBC, as the
 * client of Vert.x says of both no more than that there was no handshake.
 */
final class Untrusted {
    /** Of a server that has no TLS, among others that know what they refuse. */
    private static final String REJECTED = "08004";

    private Untrusted() {}

    /**
     * Why, in a few words; empty as well for a server that is away.
     *
     * @param strict the URL that asks for the authority and the name
     * @param byAnyName the same, asking for the authority alone
     */
    static Optional<String> why(String strict, String byAnyName, Properties credentials) {
        var failure = failure(strict, credentials);
        if (failure.isEmpty()) {
            return Optional.empty();
        }
        var refusal = refusal(failure.get());
        if (refusal.isPresent()) {
            return refusal;
        }
        return failure(byAnyName, credentials).isEmpty()
                ? Optional.of("its certificate is for another name")
                : Optional.empty();
    }

    private static Optional<SQLException> failure(String url, Properties credentials) {
        try {
            DriverManager.getConnection(url, credentials).close();
            return Optional.empty();
        } catch (SQLException e) {
            return Optional.of(e);
        }
    }

    private static Optional<String> refusal(SQLException failure) {
        if (REJECTED.equals(failure.getSQLState())) {
            return Optional.of(String.valueOf(failure.getMessage()));
        }
        return Stream.<Throwable>iterate(failure, Objects::nonNull, Throwable::getCause)
                .filter(CertificateException.class::isInstance)
                .map(cause -> Objects.requireNonNullElse(cause.getMessage(), cause.toString()))
                .findFirst();
    }
}
