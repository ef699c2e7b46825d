package postbus.messaging.replay;

import java.time.Instant;
import java.time.format.DateTimeParseException;

/** Where a subscription is to go on: right after it. */
public sealed interface Target {
    /** With the oldest message that the source keeps. */
    record Oldest() implements Target {
        @Override
        public String toString() {
            return "oldest";
        }
    }

    /** With what is cut from now on. */
    record Now() implements Target {
        @Override
        public String toString() {
            return "now";
        }
    }

    /** With what comes after this position, in each lane. */
    record Position(long position) implements Target {
        public Position {
            if (position < 0) {
                throw new IllegalArgumentException("position must not be negative, is " + position);
            }
        }

        @Override
        public String toString() {
            return "position:" + position;
        }
    }

    /** With what was cut after this time, or a little earlier: never later. */
    record Time(Instant time) implements Target {
        @Override
        public String toString() {
            return time.toString();
        }
    }

    /** Reads {@code oldest}, {@code now}, {@code position:4711}, {@code 2026-11-24T10:00:00Z}. */
    static Target parse(String text) {
        try {
            return switch (text) {
                case "oldest" -> new Oldest();
                case "now" -> new Now();
                default ->
                    text.startsWith("position:")
                            ? new Position(Long.parseLong(text.substring("position:".length())))
                            : new Time(Instant.parse(text));
            };
        } catch (NumberFormatException | DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "must be oldest, now, position:NUMBER, or a time such as 2026-11-24T10:00:00Z, is '" + text + "'",
                    e);
        }
    }
}
