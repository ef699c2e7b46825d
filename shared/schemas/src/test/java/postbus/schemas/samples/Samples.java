package postbus.schemas.samples;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import postbus.messaging.Event;
import postbus.messaging.Query;
import postbus.messaging.Reply;
import postbus.messaging.Type;

/** One of everything that a contract can hold. */
public final class Samples {
    private Samples() {}

    enum Colour {
        RED,
        GREEN
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Card.class, name = "card"),
        @JsonSubTypes.Type(value = Cash.class, name = "cash")
    })
    sealed interface Means permits Card, Cash {}

    record Card(@Pattern(regexp = "^[0-9]{4}$") String number, Leaf leaf) implements Means {
        Card {
            if (!number.matches("[0-9]{4}")) {
                throw new IllegalArgumentException("not four digits: " + number);
            }
        }
    }

    record Cash() implements Means {}

    record Leaf(@Nullable Leaf next, List<Leaf> others, String name) {}

    @Reply(Everything.class)
    @Type("samples.find-everything.v1")
    record FindEverything(@Nullable Boolean isQuick) implements Query {}

    @Type("samples.everything.v1")
    record Everything(
            UUID id,
            @Min(1) @Max(7) int limited,
            int whole,
            long great,
            @Nullable Integer maybe,
            double real,
            BigDecimal exact,
            boolean yes,
            @Size(min = 1, max = 3) String brief,
            Instant at,
            Duration after,
            LocalDate day,
            Colour colour,
            @Nullable Colour other,
            List<Leaf> leaves,
            @Nullable List<Integer> numbers,
            Set<Colour> colours,
            Map<String, Leaf> byName,
            Map<String, List<String>> many,
            Means means,
            @Nullable Means alternative,
            @Nullable Leaf leaf)
            implements Event {
        Everything {
            if (limited < 1 || limited > 7 || brief.isEmpty() || brief.length() > 3) {
                throw new IllegalArgumentException("beyond a limit");
            }
        }

        @Override
        public String key() {
            return id.toString();
        }
    }
}
