package postbus.contracts.ordering;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.contracts.Money;

/**
 * An order for people to look at.
 *
 * @param status one of {@code placed}, {@code confirmed}, {@code paid}, {@code shipped}, {@code cancelled}
 * @param reason why it was cancelled; null otherwise
 * @param history what happened, oldest first
 */
public record OrderView(
        UUID orderId,
        String customerId,
        String status,
        @Nullable String reason,
        Money total,
        List<PricedLine> lines,
        List<HistoryEntry> history) {}
