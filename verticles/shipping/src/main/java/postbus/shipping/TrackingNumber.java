package postbus.shipping;

import java.math.BigInteger;
import java.util.Locale;
import java.util.UUID;

/**
 * The number the carrier knows a parcel by: {@code PB} and the order's id in 25 digits of base 36. The same order always
 * has the same number, so a parcel that is handed over twice is seen to be the same one.
 */
final class TrackingNumber {
    private static final int RADIX = 36;
    /** Digits of the largest id: 36^25 > 2^128. */
    private static final int DIGITS = 25;

    private TrackingNumber() {}

    static String of(UUID orderId) {
        var number = new BigInteger(orderId.toString().replace("-", ""), 16);
        var digits = number.toString(RADIX).toUpperCase(Locale.ROOT);
        return "PB" + "0".repeat(DIGITS - digits.length()) + digits;
    }
}
