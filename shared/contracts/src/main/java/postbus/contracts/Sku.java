package postbus.contracts;

import java.util.regex.Pattern;

/** The rule for a product's number: 1 to 64 of lower case letters, digits, hyphen, underscore and dot. */
public final class Sku {
    /** The same as a regular expression, for {@link jakarta.validation.constraints.Pattern}. */
    public static final String RULE = "^[a-z0-9][a-z0-9._-]{0,63}$";

    private static final Pattern PATTERN = Pattern.compile(RULE);

    private Sku() {}

    /** Returns the text if it can be a sku, else fails. */
    public static String require(String sku) {
        if (!PATTERN.matcher(sku).matches()) {
            throw new IllegalArgumentException("not a sku: '" + sku + "'");
        }
        return sku;
    }
}
