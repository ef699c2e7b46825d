package postbus.contracts;

import java.util.regex.Pattern;

/** The rule for a product's number: 1 to 64 of lower case letters, digits, hyphen, underscore and dot. */
public final class Sku {
    private static final Pattern RULE = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

    private Sku() {}

    /** Returns the text if it can be a sku, else fails. */
    public static String require(String sku) {
        if (!RULE.matcher(sku).matches()) {
            throw new IllegalArgumentException("not a sku: '" + sku + "'");
        }
        return sku;
    }
}
