package postbus.notifications;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;
import postbus.contracts.notifications.RegisterWebhook;
import postbus.messaging.Problem;
import postbus.messaging.Refusal;

class RegistrationTest {
    private static final String URL = "https://example.org/hook";

    private static void assertInvalid(String field, String url, List<String> types, boolean allowLocal) {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> Registration.of(new RegisterWebhook(url, types), allowLocal))
                .satisfies(refusal -> {
                    assertThat(refusal.problem()).isEqualTo(Problem.INVALID);
                    assertThat(refusal.field()).isEqualTo(field);
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://example.org",
                "HTTPS://example.org:8443/a/b?c=d",
                "http://127.0.0.1:8080/",
                "http://[::1]:8080/",
                "http://localhost/"
            })
    void an_absolute_http_or_https_url_is_good(String url) {
        assertThat(Registration.of(new RegisterWebhook(url, List.of()), true).url())
                .hasToString(url);
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(
            strings = {
                "example.org/hook",
                "/hook",
                "ftp://example.org/",
                "mailto:somebody@example.org",
                "http:///hook",
                "http:hook",
                "http://exa mple.org/",
                "http://somebody@example.org/",
                "http://somebody:secret@example.org/",
                "http://example.org:0/",
                "http://example.org:65536/"
            })
    void another_url_is_refused(String url) {
        assertInvalid("/url", url, List.of(), true);
    }

    @Test
    void a_url_has_at_most_2000_characters() {
        var longest = URL + "/" + "x".repeat(2_000 - URL.length() - 1);
        assertThat(Registration.of(new RegisterWebhook(longest, List.of()), true)
                        .url())
                .hasToString(longest);
        assertInvalid("/url", longest + "x", List.of(), true);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost/",
                "http://Service.LOCALHOST/",
                "http://127.0.0.1/",
                "http://127.1/",
                "http://2130706433/",
                "http://0.0.0.0/",
                "http://10.1.2.3/",
                "http://100.64.0.1/",
                "http://169.254.169.254/latest/meta-data",
                "http://172.16.0.1/",
                "http://192.168.0.1/",
                "http://[::1]/",
                "http://[::ffff:127.0.0.1]/",
                "http://[fe80::1]/",
                "http://[fd00::1]/"
            })
    void a_local_url_is_refused_where_that_is_not_allowed(String url) {
        assertInvalid("/url", url, List.of(), false);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.org/",
                "http://8.8.8.8/",
                "http://100.128.0.1/",
                "http://172.32.0.1/",
                "http://[2606:4700:4700::1111]/"
            })
    void a_public_url_is_good_where_a_local_one_is_not_allowed(String url) {
        assertThat(Registration.of(new RegisterWebhook(url, List.of()), false).url())
                .hasToString(url);
    }

    @Test
    void types_are_kept_once_each() {
        var types = List.of("ordering.order-placed.v1", "payment.payment-taken.v1", "ordering.order-placed.v1");
        assertThat(Registration.of(new RegisterWebhook(URL, types), true).types())
                .containsExactly("ordering.order-placed.v1", "payment.payment-taken.v1");
    }

    @Test
    void no_types_at_all_are_all_types() {
        assertThat(Registration.of(new RegisterWebhook(URL, null), true).types())
                .isEmpty();
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(strings = {"order-placed", "ordering.order-placed", "Ordering.order-placed.v1", "ordering.*.v1"})
    void what_is_no_type_is_refused_and_named(String type) {
        assertInvalid("/types/1", URL, Arrays.asList("ordering.order-placed.v1", type), true);
    }

    @Test
    void there_are_at_most_100_types() {
        assertInvalid("/types", URL, Collections.nCopies(101, "ordering.order-placed.v1"), true);
    }
}
