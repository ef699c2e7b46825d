package postbus.node;

/** Why a certificate, its key or an authority that was found cannot be used, in a line that names the setting. */
final class UnusableCertificate extends Exception {
    private static final long serialVersionUID = 1;

    UnusableCertificate(String message) {
        super(message);
    }
}
