package postbus.ordering;

import java.util.Locale;

/** Why an order is cancelled. The constants' names are stored in events. */
enum Reason {
    OUT_OF_STOCK,
    PAYMENT_DECLINED,
    CANCELLED_BY_CUSTOMER,
    DEADLINE_PASSED;

    /** As contracts spell it. */
    String slug() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
