package postbus.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.wire.Addresses;
import postbus.messaging.wire.Follow;
import postbus.messaging.wire.Followed;

/**
 * The newest events of one source, for all clients of this gateway together: asks the relay that leads for what comes
 * next, as long as anybody is interested, and remembers the last {@value #REMEMBERED_MAX}. When the relay does not answer
 * it asks again, at the latest when another one says that it leads. Event loop.
 */
final class Feed {
    private static final Logger LOG = LoggerFactory.getLogger(Feed.class);

    static final int REMEMBERED_MAX = 1_000;
    private static final int REMEMBERED_BYTES_MAX = 4 << 20;
    private static final int ANSWER_MAX_MS = Follow.WAIT_MAX_MS + 2_000;
    private static final int PAUSE_MS = 500;

    private final Vertx vertx;
    private final String source;
    private final Set<Runnable> listeners = new LinkedHashSet<>();
    private final ArrayDeque<LiveEvent> events = new ArrayDeque<>();
    private int bytes;
    /** All events after this position are here. */
    private long begin;
    /** Up to this one; {@link Follow#NOW} as long as nothing was heard. */
    private long upto = Follow.NOW;
    /** Where the relay said that it was, before it was asked. */
    private long hello;

    private String term = "";
    /** Counts the times at which asking began anew: an answer to an earlier one is not wanted any more. */
    private int asking;

    Feed(Vertx vertx, String source) {
        this.vertx = vertx;
        this.source = source;
    }

    String source() {
        return source;
    }

    /** A relay says that it leads. */
    void hello(String term, List<Long> heads) {
        hello = Math.max(hello, Collections.max(heads));
        if (!term.equals(this.term)) {
            this.term = term;
            if (!listeners.isEmpty()) {
                askAnew();
            }
        }
    }

    /** @param listener told whenever there are more events; before that too, for other reasons */
    void join(Runnable listener) {
        listeners.add(listener);
        if (listeners.size() == 1) {
            upto = Follow.NOW;
            askAnew();
        }
    }

    void leave(Runnable listener) {
        listeners.remove(listener);
        if (listeners.isEmpty()) {
            asking++;
            forget(0);
        }
    }

    /** The last position heard of; {@link Follow#NOW} as long as nothing was. */
    long upto() {
        return upto;
    }

    /** The events after a position; null when not all of them are remembered. */
    @Nullable
    List<LiveEvent> after(long position) {
        if (upto == Follow.NOW || position < begin) {
            return null;
        }
        var following = new ArrayList<LiveEvent>();
        for (var newestFirst = events.descendingIterator(); newestFirst.hasNext(); ) {
            var event = newestFirst.next();
            if (event.position() <= position) {
                break;
            }
            following.add(event);
        }
        Collections.reverse(following);
        return following;
    }

    /** What follows a position, from the relay: as soon as there is anything. */
    Future<Followed> read(long after) {
        var options = new DeliveryOptions().setSendTimeout(ANSWER_MAX_MS);
        return vertx.eventBus()
                .<Followed>request(Addresses.follow(source), new Follow(after).toJson(), options)
                .map(answer -> answer.body());
    }

    private void askAnew() {
        asking++;
        ask(asking);
    }

    private void ask(int number) {
        read(upto).onComplete(answer -> {
            if (number != asking) {
                return;
            }
            if (answer.succeeded()) {
                add(answer.result());
                ask(number);
            } else {
                LOG.debug("feed.unanswered source={}, asked again", source, answer.cause());
                beginAtHello();
                vertx.setTimer(PAUSE_MS, later -> {
                    if (number == asking) {
                        ask(number);
                    }
                });
            }
        });
    }

    /** Who is interested from now on gets what comes after the last position known, although nobody can be asked. */
    private void beginAtHello() {
        if (upto == Follow.NOW) {
            begin = hello;
            upto = hello;
            tell();
        }
    }

    private void add(Followed followed) {
        if (upto == Follow.NOW) {
            begin = followed.upto();
        } else if (followed.isGap()) {
            forget(followed.upto());
        } else {
            for (var event : followed.events()) {
                var live = LiveEvent.of(event.position(), event.message());
                events.addLast(live);
                bytes += live.json().length();
            }
            while (events.size() > REMEMBERED_MAX || bytes > REMEMBERED_BYTES_MAX) {
                var oldest = events.removeFirst();
                bytes -= oldest.json().length();
                begin = oldest.position();
            }
        }
        if (followed.upto() > upto) {
            upto = followed.upto();
            tell();
        }
    }

    private void forget(long position) {
        events.clear();
        bytes = 0;
        begin = position;
    }

    private void tell() {
        List.copyOf(listeners).forEach(Runnable::run);
    }
}
