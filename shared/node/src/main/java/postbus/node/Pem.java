package postbus.node;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Reads what settings name, so that what is wrong is told by the name of the setting. */
final class Pem {
    /** Far more than chains and bundles have. */
    private static final long BYTES_MAX = 1 << 20;

    private Pem() {}

    static Buffer read(String setting, Path file) throws UnusableCertificate {
        try {
            if (Files.size(file) > BYTES_MAX) {
                throw new UnusableCertificate(setting + ": " + file + " is larger than " + BYTES_MAX + " bytes");
            }
            return Buffer.buffer(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw new UnusableCertificate(setting + ": " + file + " is not there");
        } catch (IOException e) {
            throw new UnusableCertificate(setting + ": " + file + " cannot be read: " + e.getMessage());
        }
    }

    /** Who believes these authorities, and nobody else. */
    static X509TrustManager trustIn(String setting, Buffer authorities) throws UnusableCertificate {
        try {
            var certificates = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(authorities.getBytes()));
            if (certificates.isEmpty()) {
                throw new UnusableCertificate(setting + " holds no certificate");
            }
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (var certificate : certificates) {
                store.setCertificateEntry("authority-" + store.size(), certificate);
            }
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return Arrays.stream(factory.getTrustManagers())
                    .filter(X509TrustManager.class::isInstance)
                    .map(X509TrustManager.class::cast)
                    .findFirst()
                    .orElseThrow();
        } catch (GeneralSecurityException | IOException e) {
            throw new UnusableCertificate(setting + " is no PEM with certificates: " + e.getMessage());
        }
    }
}
