package postbus.bench.chaos;

import java.time.Duration;
import java.util.List;

/** Something that goes wrong. Written as a schedule spells it: {@link FaultText#write} and {@link FaultText#read}. */
sealed interface Fault {
    /** The word it begins with. */
    String kind();

    /** How long it lasts; zero for what happens at once. */
    default Duration duration() {
        return Duration.ZERO;
    }

    /** SIGKILL. */
    record Kill(String instance) implements Fault {
        @Override
        public String kind() {
            return "kill";
        }
    }

    /** SIGTERM. */
    record Term(String instance) implements Fault {
        @Override
        public String kind() {
            return "term";
        }
    }

    /** SIGSTOP, and SIGCONT afterwards. */
    record Stop(String instance, Duration duration) implements Fault {
        @Override
        public String kind() {
            return "stop";
        }
    }

    /** Postgres ends every session, is down for a moment and comes back. */
    record RestartPostgres() implements Fault {
        @Override
        public String kind() {
            return "restart-postgres";
        }
    }

    /** Postgres ends without a checkpoint, as after a crash, and recovers. */
    record CrashPostgres() implements Fault {
        @Override
        public String kind() {
            return "crash-postgres";
        }
    }

    /** {@code pg_terminate_backend} of every session. */
    record TerminateConnections() implements Fault {
        @Override
        public String kind() {
            return "terminate-connections";
        }
    }

    /** What the database answers arrives later by so much, each time. */
    record SlowDatabase(Duration delay, Duration duration) implements Fault {
        @Override
        public String kind() {
            return "slow-database";
        }
    }

    /** Connections are reset and refused. */
    record RefuseDatabase(Duration duration) implements Fault {
        @Override
        public String kind() {
            return "refuse-database";
        }
    }

    /** As if its host had vanished: nothing comes through and nobody is told. Connections of that time stay dead. */
    record MuteDatabase(Duration duration) implements Fault {
        @Override
        public String kind() {
            return "mute-database";
        }
    }

    /** No packet passes between these groups; hosts, or the database, that are named in neither reach both. */
    record Cut(List<String> some, List<String> others, Duration duration) implements Fault {
        public Cut {
            some = List.copyOf(some);
            others = List.copyOf(others);
        }

        @Override
        public String kind() {
            return "cut";
        }
    }

    /** A host is heard by the others and does not hear them. */
    record Deafen(String host, Duration duration) implements Fault {
        @Override
        public String kind() {
            return "deafen";
        }
    }

    /** The network cable of a host is out. */
    record Unplug(String host, Duration duration) implements Fault {
        @Override
        public String kind() {
            return "unplug";
        }
    }

    /** Everything to and from a host takes longer by so much; connections break when this begins and ends. */
    record Delay(String host, Duration delay, Duration duration) implements Fault {
        @Override
        public String kind() {
            return "delay";
        }
    }

    /** Of the packets to and from a host so many in a hundred are lost. */
    record Lose(String host, int percent, Duration duration) implements Fault {
        @Override
        public String kind() {
            return "lose";
        }
    }
}
