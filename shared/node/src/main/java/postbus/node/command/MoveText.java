package postbus.node.command;

import java.io.PrintWriter;
import java.util.OptionalLong;
import postbus.messaging.replay.Replay;
import postbus.messaging.replay.Target;

/** What a replay does, for people to read. */
public final class MoveText {
    private MoveText() {}

    /** @param come the verb: would come, or come */
    public static void print(
            PrintWriter out, String subscription, String source, Target target, Replay.Move move, String come) {
        out.println(subscription + ", messages of " + source + ", to " + target + ":");
        var table = new Table("LANE", "FROM", "TO");
        for (int lane = 0; lane < move.before().size(); lane++) {
            table.row(lane, move.before().get(lane), move.after().get(lane));
        }
        table.print(out);
        out.println("Messages that " + come + " again: " + count(move.again()) + ", that do not come at all: "
                + count(move.passedOver()) + ", parked ones deleted since they come again: " + move.parked());
    }

    private static String count(OptionalLong count) {
        return count.isPresent() ? String.valueOf(count.getAsLong()) : "not known here";
    }
}
