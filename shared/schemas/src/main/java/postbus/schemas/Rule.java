package postbus.schemas;

/**
 * What may not change within a version of a contract. Two parties must go on understanding each other: subscribers and
 * services of the release before, which read what is written now, and those of this release, which read what was
 * written then and is kept in ledgers, or comes late. What remains is: a new field that may be absent.
 */
enum Rule {
    FIELD_REMOVED("an old reader may need it, and the name could come back with another meaning"),
    REQUIRED_FIELD_ADDED("messages written before lack it"),
    MADE_OPTIONAL("an old reader cannot read a message without it"),
    MADE_REQUIRED("messages written before may lack it"),
    TYPE_CHANGED("one side cannot read what the other writes, or reads something else"),
    CONSTANT_ADDED("an old reader does not know it"),
    CONSTANT_REMOVED("messages written before may have it"),
    CASE_ADDED("an old reader does not know it"),
    CASE_REMOVED("messages written before may be of it"),
    LIMIT_CHANGED("a narrower one makes messages written before unreadable, a wider one new ones for an old reader"),
    CONTRACT_REMOVED("messages written before are still to be read");

    private final String why;

    Rule(String why) {
        this.why = why;
    }

    String why() {
        return why;
    }
}
