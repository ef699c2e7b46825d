package postbus.node;

/** What a node may assume about those around it, by the setting {@code PROFILE}. */
public enum Profile {
    /** Everybody who reaches a port is trusted; meant for one's own machine. The default. */
    DEVELOPMENT,
    /** Nobody is trusted without proof: a node that has no means to check any refuses to start. */
    PRODUCTION;

    public static Profile of(Settings settings) {
        return settings.choice("PROFILE", "development", "development", "production")
                        .equals("production")
                ? PRODUCTION
                : DEVELOPMENT;
    }

    public boolean isProduction() {
        return this == PRODUCTION;
    }
}
