package postbus.gateway.access;

import postbus.node.SettingException;
import postbus.node.Settings;

/**
 * How people log in at the console.
 *
 * @param clientId empty when they cannot
 * @param scope what is asked for
 */
public record LoginSettings(String clientId, String scope) {
    public static LoginSettings of(Settings settings) {
        var read = new LoginSettings(
                settings.text("OIDC_CLIENT_ID", ""),
                settings.text("OIDC_SCOPE", "openid orders:read orders:write catalog:write ops"));
        if (read.isPossible() && settings.text("AUTH_ISSUER", "").isEmpty()) {
            throw new SettingException("OIDC_CLIENT_ID is set, but AUTH_ISSUER is not: who knows the users");
        }
        return read;
    }

    boolean isPossible() {
        return !clientId.isEmpty();
    }
}
