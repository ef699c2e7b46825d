package postbus.messaging;

/** Messages of a tiny pair of services: {@code desk} takes notes and says so, {@code file} keeps them. */
public final class Notes {
    private Notes() {}

    @Type("desk.noted.v1")
    public record Noted(String key, int n) implements Event {}

    @Type("desk.scribbled.v1")
    public record Scribbled(String key, String text) implements Event {}

    @Type("file.keep.v1")
    public record Keep(String key, int n) implements Command {}

    @Type("file.kept.v1")
    public record Kept(String key) implements Event {}

    @Type("file.opened.v1")
    public record Opened(String key) implements Event {}

    @Type("desk.erase.v1")
    public record Erase(String key) implements Command {}

    @Reply(Count.class)
    @Type("desk.take-note.v1")
    public record TakeNote(String key, int n) implements Command {}

    @Reply(Count.class)
    @Type("desk.count-notes.v1")
    public record CountNotes(String key) implements Query {}

    public record Count(int count) {}
}
