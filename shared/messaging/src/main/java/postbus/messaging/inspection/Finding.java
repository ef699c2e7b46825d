package postbus.messaging.inspection;

/**
 * Something that holds the flow, or may.
 *
 * @param kind which, for programs; never changes its meaning
 * @param subject what it is about
 * @param evidence what was seen
 * @param remedy what to do
 */
public record Finding(Severity severity, String kind, String subject, String evidence, String remedy) {
    /** The worst first. */
    public enum Severity {
        /** Something stands still, or is lost. */
        CRITICAL,
        /** Something will, if it goes on. */
        WARNING,
        /** Worth knowing. */
        NOTE
    }

    public static Finding critical(String kind, String subject, String evidence, String remedy) {
        return new Finding(Severity.CRITICAL, kind, subject, evidence, remedy);
    }

    public static Finding warning(String kind, String subject, String evidence, String remedy) {
        return new Finding(Severity.WARNING, kind, subject, evidence, remedy);
    }

    public static Finding note(String kind, String subject, String evidence, String remedy) {
        return new Finding(Severity.NOTE, kind, subject, evidence, remedy);
    }
}
