package postbus.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class WebhookSecretTest {
    /** The example that libraries for Standard Webhooks test themselves with. */
    @Test
    void a_signature_is_the_one_of_the_standard() {
        var secret = WebhookSecret.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        var signature = secret.sign(
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                Instant.ofEpochSecond(1_614_265_330),
                Buffer.buffer("{\"test\": 2432232314}"));
        assertThat(signature).isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void a_new_secret_has_32_bytes_and_is_another_each_time() {
        var text = WebhookSecret.generate().text();
        assertThat(Base64.getDecoder().decode(text.substring("whsec_".length())))
                .hasSize(32);
        assertThat(WebhookSecret.generate().text()).isNotEqualTo(text);
    }

    @Test
    void a_secret_is_read_as_it_is_written() {
        var secret = WebhookSecret.generate();
        assertThat(WebhookSecret.of(secret.text()).text()).isEqualTo(secret.text());
    }

    @Test
    void a_secret_does_not_tell_itself_to_a_log() {
        var secret = WebhookSecret.generate();
        assertThat(new Receiver(new java.util.UUID(0, 1), "https://example.org", secret).toString())
                .doesNotContain(secret.text());
    }
}
