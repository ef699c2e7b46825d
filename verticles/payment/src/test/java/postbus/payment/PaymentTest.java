package postbus.payment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import postbus.contracts.Money;
import postbus.contracts.payment.PaymentDeclined;
import postbus.contracts.payment.PaymentRefunded;
import postbus.contracts.payment.PaymentTaken;
import postbus.payment.Payment.Call;
import postbus.payment.Payment.State;
import postbus.payment.PaymentProvider.Charged;
import postbus.payment.PaymentProvider.Declined;
import postbus.payment.PaymentProvider.NothingCharged;
import postbus.payment.PaymentProvider.Outcome;
import postbus.payment.PaymentProvider.Refunded;

class PaymentTest {
    private static final UUID ORDER = new UUID(1, 2);
    private static final Money AMOUNT = new Money(250, "EUR");

    private static Payment in(State state) {
        return in(state, 1);
    }

    private static Payment in(State state, int attempts) {
        return new Payment(ORDER, state, AMOUNT, "tok_ok", attempts);
    }

    private static Payment.Step step(State from, Outcome outcome) {
        return in(from).answered(outcome);
    }

    @Test
    void a_charge_takes_the_payment_and_says_so() {
        var step = step(State.REQUESTED, new Charged());
        assertThat(step.payment().state()).isEqualTo(State.TAKEN);
        assertThat(step.event()).isEqualTo(new PaymentTaken(ORDER, AMOUNT));
    }

    @Test
    void a_decline_ends_the_payment_and_says_why() {
        var step = step(State.REQUESTED, new Declined("card-declined"));
        assertThat(step.payment().state()).isEqualTo(State.DECLINED);
        assertThat(step.event()).isEqualTo(new PaymentDeclined(ORDER, "card-declined"));
    }

    @Test
    void a_refund_of_what_is_taken_is_asked_of_the_provider() {
        var wanted = in(State.TAKEN).refundWanted();
        assertThat(wanted.state()).isEqualTo(State.REFUND_REQUESTED);
        assertThat(wanted.nextCall()).isEqualTo(Call.REFUND);

        var step = wanted.answered(new Refunded());
        assertThat(step.payment().state()).isEqualTo(State.REFUNDED);
        assertThat(step.event()).isEqualTo(new PaymentRefunded(ORDER, AMOUNT));
    }

    @Test
    void a_refund_before_any_worker_took_the_payment_voids_it() {
        var voided = in(State.REQUESTED, 0).refundWanted();
        assertThat(voided.state()).isEqualTo(State.VOIDED);
        assertThat(voided.nextCall()).isEqualTo(Call.NONE);
    }

    @Test
    void a_refund_while_the_charge_is_in_flight_tells_only_of_the_refund() {
        var withdrawn = in(State.REQUESTED, 1).refundWanted();
        assertThat(withdrawn.state()).isEqualTo(State.WITHDRAWN);

        var charged = withdrawn.answered(new Charged());
        assertThat(charged.payment().state()).isEqualTo(State.REFUND_REQUESTED);
        assertThat(charged.event()).isNull();

        assertThat(charged.payment().answered(new Refunded()).event()).isEqualTo(new PaymentRefunded(ORDER, AMOUNT));
    }

    @Test
    void a_charge_in_flight_that_is_declined_after_the_refund_is_declined() {
        var step = step(State.WITHDRAWN, new Declined("card-declined"));
        assertThat(step.payment().state()).isEqualTo(State.DECLINED);
        assertThat(step.event()).isEqualTo(new PaymentDeclined(ORDER, "card-declined"));
    }

    @Test
    void a_withdrawn_charge_that_never_reached_the_provider_is_voided_silently() {
        var step = step(State.WITHDRAWN, new NothingCharged());
        assertThat(step.payment().state()).isEqualTo(State.VOIDED);
        assertThat(step.event()).isNull();
    }

    @Test
    void a_withdrawn_charge_that_reached_the_provider_is_refunded() {
        var step = step(State.WITHDRAWN, new Refunded());
        assertThat(step.payment().state()).isEqualTo(State.REFUNDED);
        assertThat(step.event()).isEqualTo(new PaymentRefunded(ORDER, AMOUNT));
    }

    @Test
    void a_charge_that_fails_is_tried_again_until_the_limit_and_then_undone() {
        assertThat(in(State.REQUESTED, 2).failed(3).nextCall()).isEqualTo(Call.CHARGE);

        var abandoned = in(State.REQUESTED, 3).failed(3);
        assertThat(abandoned.state()).isEqualTo(State.ABANDONED);
        assertThat(abandoned.nextCall()).isEqualTo(Call.REFUND);
    }

    @Test
    void an_abandoned_charge_is_declined_only_once_the_provider_holds_nothing() {
        for (Outcome undone : List.of(new Refunded(), new NothingCharged())) {
            var step = step(State.ABANDONED, undone);
            assertThat(step.payment().state()).isEqualTo(State.DECLINED);
            assertThat(step.event()).isEqualTo(new PaymentDeclined(ORDER, Payment.PROVIDER_UNAVAILABLE));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REFUND_REQUESTED", "WITHDRAWN", "ABANDONED"})
    void a_refund_that_fails_is_never_given_up(State state) {
        assertThat(in(state, 1_000).failed(3)).isEqualTo(in(state, 1_000));
    }

    @ParameterizedTest
    @EnumSource(names = {"TAKEN", "REFUND_REQUESTED", "REFUNDED", "ABANDONED"})
    void a_late_repetition_of_a_charge_changes_nothing(State state) {
        assertThat(step(state, new Charged())).isEqualTo(new Payment.Step(in(state), null));
    }

    @ParameterizedTest
    @EnumSource(names = {"DECLINED", "VOIDED"})
    void money_taken_against_the_providers_promise_goes_back(State state) {
        assertThat(step(state, new Charged()).payment().nextCall()).isEqualTo(Call.REFUND);
    }

    @ParameterizedTest
    @EnumSource(names = {"DECLINED", "REFUND_REQUESTED", "REFUNDED", "WITHDRAWN", "ABANDONED", "VOIDED"})
    void a_second_refund_changes_nothing(State state) {
        assertThat(in(state).refundWanted()).isEqualTo(in(state));
    }

    @Test
    void a_provider_that_forgot_a_charge_is_not_believed() {
        assertThatIllegalStateException().isThrownBy(() -> step(State.REFUND_REQUESTED, new NothingCharged()));
    }

    @Test
    void a_refund_that_nobody_asked_for_is_not_believed() {
        assertThatIllegalStateException().isThrownBy(() -> step(State.TAKEN, new Refunded()));
    }

    @Test
    void attempts_are_counted_anew_in_a_new_state() {
        assertThat(in(State.TAKEN, 5).refundWanted().attempts()).isZero();
    }

    @Test
    void only_a_voided_payment_may_have_no_amount() {
        assertThat(Payment.voided(ORDER).amount()).isNull();
        assertThatIllegalArgumentException().isThrownBy(() -> new Payment(ORDER, State.REQUESTED, null, null, 0));
    }

    @ParameterizedTest
    @EnumSource
    void a_state_is_read_as_it_is_written(State state) {
        assertThat(State.of(state.toString())).isEqualTo(state);
    }
}
