package postbus.gateway.access;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import postbus.node.Profile;
import postbus.node.SettingException;
import postbus.node.Settings;

/**
 * Whose tokens are accepted. In the development profile issuer, audience and keys may all be empty: then no token is.
 *
 * @param issuer the {@code iss} of every token
 * @param audience what {@code aud} of every token names, among others perhaps
 * @param jwks where the issuer's public keys are, as a JSON Web Key Set: a file, or an address that begins with http
 * @param leeway by how much clocks may differ, 0 to 5 min
 */
public record AccessSettings(Profile profile, String issuer, String audience, String jwks, Duration leeway) {
    private static final String HTTPS = "https";

    public static AccessSettings of(Settings settings) {
        var read = new AccessSettings(
                Profile.of(settings),
                settings.text("AUTH_ISSUER", ""),
                settings.text("AUTH_AUDIENCE", ""),
                settings.text("AUTH_JWKS", ""),
                settings.duration("AUTH_LEEWAY", Duration.ofSeconds(30), Duration.ZERO, Duration.ofMinutes(5)));
        read.require("AUTH_ISSUER", read.issuer, "who signs tokens");
        read.require("AUTH_AUDIENCE", read.audience, "for whom tokens are made");
        read.require("AUTH_JWKS", read.jwks, "the file or address of the keys that tokens are signed with");
        if (read.profile.isProduction() && read.isAddress()) {
            requirePrivate("AUTH_JWKS", read.jwks);
        }
        return read;
    }

    private void require(String name, String value, String what) {
        if (value.isEmpty() && profile.isProduction()) {
            throw new SettingException(name + " is not set, and PROFILE is production: " + what);
        }
        if (value.isEmpty() && acceptsTokens()) {
            throw new SettingException(name + " is not set, but something else of AUTH_ is: " + what);
        }
    }

    /** What comes in plain text from elsewhere can be anybody's. */
    public static void requirePrivate(String name, String address) {
        try {
            var uri = URI.create(address);
            if (HTTPS.equals(uri.getScheme())
                    || InetAddress.getByName(uri.getHost()).isLoopbackAddress()) {
                return;
            }
        } catch (IllegalArgumentException | UnknownHostException e) {
            // reported below
        }
        throw new SettingException(
                name + " must be an https address, or one on this host, in production, is '" + address + "'");
    }

    /** Whether there is an issuer at all. */
    public boolean acceptsTokens() {
        return !issuer.isEmpty() || !audience.isEmpty() || !jwks.isEmpty();
    }

    boolean isAddress() {
        return jwks.startsWith("https:") || jwks.startsWith("http:");
    }
}
