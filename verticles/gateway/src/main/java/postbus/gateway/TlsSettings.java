package postbus.gateway;

import postbus.node.SettingException;
import postbus.node.Settings;

/**
 * With what the gateway proves who it is; without both it speaks plain HTTP.
 *
 * @param certificate file of the chain in PEM, its own first
 * @param key file of the private key in PEM (PKCS 8 or PKCS 1)
 */
record TlsSettings(String certificate, String key) {
    static TlsSettings of(Settings settings) {
        var read = new TlsSettings(settings.text("HTTP_TLS_CERTIFICATE", ""), settings.text("HTTP_TLS_KEY", ""));
        if (read.certificate.isEmpty() != read.key.isEmpty()) {
            throw new SettingException("HTTP_TLS_CERTIFICATE and HTTP_TLS_KEY are set both or neither");
        }
        return read;
    }

    boolean isOn() {
        return !certificate.isEmpty();
    }
}
