package postbus.notifications;

/** What came of sending an event to a receiver. */
sealed interface Answer {
    /** It has the event. */
    record Accepted() implements Answer {}

    /** It wants no events any more, ever. */
    record Gone() implements Answer {}

    /**
     * It does not have the event, or may not have it.
     *
     * @param why for people
     */
    record Failed(String why) implements Answer {}

    /** What an HTTP status means: a redirect is not followed, so it is a failure like any other. */
    static Answer ofStatus(int status) {
        if (status >= 200 && status <= 299) {
            return new Accepted();
        }
        return status == 410 ? new Gone() : new Failed("status " + status);
    }
}
