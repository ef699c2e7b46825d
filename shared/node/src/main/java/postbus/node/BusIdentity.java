package postbus.node;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SSLOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.X509KeyManager;

/**
 * What a node proves itself with on the event bus, as PEM. Both ends of each connection must: who calls is asked for a
 * certificate, and who is called is held to the authority, whatever its address is. Names are not compared, as addresses of
 * nodes come and go: the authority signs members only, so each of its certificates is one.
 */
record BusIdentity(Buffer certificate, Buffer key, Buffer authority) {
    /** Members speak to members only, so nothing older is needed. */
    private static final Set<String> PROTOCOLS = Set.of("TLSv1.3");

    private static final Set<String> KEY_TYPES = Set.of("RSA", "EC");

    /** With these an event bus starts. */
    void applyTo(EventBusOptions options) {
        options.setSsl(true)
                .setKeyCertOptions(ownKey())
                .setTrustOptions(trust())
                .setTrustAll(false) // an event bus would, by default
                .setClientAuth(ClientAuth.REQUIRED)
                .setEnabledSecureTransportProtocols(PROTOCOLS);
    }

    ServerSSLOptions ofServer() {
        var options = new ServerSSLOptions().setClientAuth(ClientAuth.REQUIRED);
        fill(options);
        return options;
    }

    ClientSSLOptions ofClient() {
        var options =
                new ClientSSLOptions().setHostnameVerificationAlgorithm("").setTrustAll(false);
        fill(options);
        return options;
    }

    private void fill(SSLOptions options) {
        options.setKeyCertOptions(ownKey());
        options.setTrustOptions(trust());
        options.setEnabledSecureTransportProtocols(PROTOCOLS);
    }

    private PemKeyCertOptions ownKey() {
        return new PemKeyCertOptions().addKeyValue(key).addCertValue(certificate);
    }

    private PemTrustOptions trust() {
        return new PemTrustOptions().addCertValue(authority);
    }

    /** This, if another member with the same authority would accept it at either end, now. */
    BusIdentity checked() throws UnusableCertificate {
        var trust = Pem.trustIn("BUS_TLS_CA", authority);
        var chain = chain();
        try {
            trust.checkClientTrusted(chain, chain[0].getPublicKey().getAlgorithm());
            trust.checkServerTrusted(chain, "UNKNOWN"); // how keys are agreed on, which TLS 1.3 leaves open
        } catch (CertificateException e) {
            throw new UnusableCertificate(
                    "BUS_TLS_CERTIFICATE is none that BUS_TLS_CA stands for, or is not good for both"
                            + " ends of a connection, or not now: " + e.getMessage());
        }
        return this;
    }

    /** Until when; of one that was {@link #checked}. */
    Instant expires() throws UnusableCertificate {
        return Stream.of(chain())
                .map(certificate -> certificate.getNotAfter().toInstant())
                .min(Instant::compareTo)
                .orElseThrow();
    }

    private X509Certificate[] chain() throws UnusableCertificate {
        try {
            var keys = Arrays.stream(ownKey().getKeyManagerFactory(null).getKeyManagers())
                    .filter(X509KeyManager.class::isInstance)
                    .map(X509KeyManager.class::cast)
                    .findFirst()
                    .orElseThrow();
            for (var type : KEY_TYPES) {
                var aliases = keys.getServerAliases(type, null);
                if (aliases != null && aliases.length > 0) {
                    var chain = keys.getCertificateChain(aliases[0]);
                    requirePair(keys.getPrivateKey(aliases[0]), chain[0].getPublicKey());
                    return chain;
                }
            }
        } catch (UnusableCertificate e) {
            throw e;
        } catch (Exception e) { // each library below has its own
            throw new UnusableCertificate(
                    "BUS_TLS_CERTIFICATE and BUS_TLS_KEY are no PEM with a certificate and its RSA or EC key: "
                            + e.getMessage());
        }
        throw new UnusableCertificate("BUS_TLS_KEY is neither an RSA nor an EC key");
    }

    private static void requirePair(PrivateKey own, PublicKey certified)
            throws GeneralSecurityException, UnusableCertificate {
        var algorithm = own.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
        var text = new byte[] {42};
        var signing = Signature.getInstance(algorithm);
        signing.initSign(own);
        signing.update(text);
        var signed = signing.sign();
        boolean isPair = own.getAlgorithm().equals(certified.getAlgorithm());
        if (isPair) {
            var verifying = Signature.getInstance(algorithm);
            verifying.initVerify(certified);
            verifying.update(text);
            isPair = verifying.verify(signed);
        }
        if (!isPair) {
            throw new UnusableCertificate("BUS_TLS_KEY is not the key of BUS_TLS_CERTIFICATE");
        }
    }

    /** Not what it holds: a key is in it. */
    @Override
    public String toString() {
        return "BusIdentity";
    }
}
