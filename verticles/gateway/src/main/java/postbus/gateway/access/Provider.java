package postbus.gateway.access;

/**
 * Where people log in (OpenID Connect Discovery 1.0).
 *
 * @param clientId by which the provider knows the console, which keeps no secret
 * @param scope what to ask for
 */
public record Provider(
        String issuer, String authorizationEndpoint, String tokenEndpoint, String clientId, String scope) {}
