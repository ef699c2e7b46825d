package postbus.contracts;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;

/**
 * An amount of money.
 *
 * @param amount in the currency's minor unit (cents), not negative
 * @param currency ISO 4217 code, three capital letters
 */
public record Money(
        @Min(0) long amount,
        @Pattern(regexp = Money.CURRENCY) String currency) {
    private static final String CURRENCY = "^[A-Z]{3}$";
    private static final java.util.regex.Pattern CODE = java.util.regex.Pattern.compile(CURRENCY);

    public Money {
        if (amount < 0) {
            throw new IllegalArgumentException("amount must not be negative, is " + amount);
        }
        if (!CODE.matcher(currency).matches()) {
            throw new IllegalArgumentException("not an ISO 4217 code: '" + currency + "'");
        }
    }

    /** Zero of a currency. */
    public static Money zero(String currency) {
        return new Money(0, currency);
    }

    /** The sum; of two currencies there is none, and too large a one is an {@link ArithmeticException}. */
    public Money plus(Money other) {
        if (!currency.equals(other.currency)) {
            throw new IllegalArgumentException("cannot add " + other.currency + " to " + currency);
        }
        return new Money(Math.addExact(amount, other.amount), currency);
    }

    public Money times(int count) {
        return new Money(Math.multiplyExact(amount, (long) count), currency);
    }
}
