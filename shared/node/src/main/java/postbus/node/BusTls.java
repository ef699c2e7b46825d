package postbus.node;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the event bus finds what it proves itself with, and what it holds others to. PEM files, which may be replaced while
 * the node runs, see {@link BusRenewal}.
 *
 * @param certificate of this node, then those between it and the authority
 * @param key of the certificate, PKCS#8, PKCS#1 or SEC 1, not encrypted
 * @param authority who signed every member's certificate, and nothing else: to have one of its certificates is to be a member
 */
record BusTls(Path certificate, Path key, Path authority) {
    private static final String CERTIFICATE = "BUS_TLS_CERTIFICATE";
    private static final String KEY = "BUS_TLS_KEY";
    private static final String AUTHORITY = "BUS_TLS_CA";

    /** Null where none of the three settings is there, which is refused in production. */
    static @Nullable BusTls of(Settings settings) {
        var certificate = settings.text(CERTIFICATE, "");
        var key = settings.text(KEY, "");
        var authority = settings.text(AUTHORITY, "");
        if (certificate.isEmpty() && key.isEmpty() && authority.isEmpty()) {
            if (Profile.of(settings).isProduction()) {
                throw new SettingException("PROFILE is production, so the event bus needs TLS: " + CERTIFICATE + ", "
                        + KEY + " and " + AUTHORITY + " are not set");
            }
            return null;
        }
        requireSet(CERTIFICATE, certificate);
        requireSet(KEY, key);
        requireSet(AUTHORITY, authority);
        return new BusTls(Path.of(certificate), Path.of(key), Path.of(authority));
    }

    private static void requireSet(String name, String value) {
        if (value.isEmpty()) {
            throw new SettingException(
                    name + " is not set: " + CERTIFICATE + ", " + KEY + " and " + AUTHORITY + " go together");
        }
    }

    /** What the files hold now, checked, for a node that starts: what cannot be used is a wrong setting. */
    BusIdentity identity() {
        try {
            return read().checked();
        } catch (UnusableCertificate e) {
            throw new SettingException(String.valueOf(e.getMessage()));
        }
    }

    /** What the files hold now, not looked at. */
    BusIdentity read() throws UnusableCertificate {
        return new BusIdentity(Pem.read(CERTIFICATE, certificate), Pem.read(KEY, key), Pem.read(AUTHORITY, authority));
    }
}
