package postbus.node;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.config.Config;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.core.spi.cluster.RegistrationListener;
import io.vertx.core.spi.cluster.RegistrationUpdateEvent;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import io.vertx.spi.cluster.hazelcast.impl.HazelcastRegistrationInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import postbus.messaging.wire.Addresses;
import postbus.messaging.wire.Reading;

/**
 * A member that looks after its registrations: what the cluster knows of its consumers on the event bus, and where it is
 * reached. Every {@value #CHECK_SECONDS} s it puts back what is missing, removes what belongs to no member any more, and
 * tells its event bus what has changed.
 *
 * <p>Why: every member that hears that another was left out removes the registrations of that one, which keeps its id
 * when it comes back. A member that hears it late, as on a bad network or a busy machine, removes what the other has just
 * registered anew, and nobody would notice: the other runs on without ever being sent a message. And the event bus keeps
 * whom it chose among until an event tells it of a change; where that is lost, as it may be when clusters part and merge,
 * it would go on choosing one that is gone.
 */
final class Member extends HazelcastClusterManager {
    static final int CHECK_SECONDS = 5;
    /** vertx-hazelcast's name of what the cluster knows of consumers. */
    static final String REGISTRATIONS = "__vertx.subs";
    /** vertx-hazelcast's name of what the cluster knows of where members are reached. */
    static final String WHEREABOUTS = "__vertx.nodeInfo";

    /** vertx-hazelcast's name of a member's id. */
    private static final String NODE_ID = "__vertx.nodeId";

    private static final Logger LOG = LoggerFactory.getLogger(Member.class);

    private record Registration(String address, RegistrationInfo info) {}

    private final Set<Registration> own = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean isChecking = new AtomicBoolean();
    private final Queue<Runnable> afterCheck = new ConcurrentLinkedQueue<>();
    private final Companions companions = new Companions(System::nanoTime);
    private final Answers answers = new Answers(System::nanoTime);
    private Set<Registration> strangers = Set.of();
    private Set<Registration> told = Set.of();
    private RegistrationListener eventBus = new RegistrationListener() {};

    Member(Config config) {
        super(config);
    }

    @Override
    public void registrationListener(RegistrationListener listener) {
        eventBus = listener;
        super.registrationListener(listener);
    }

    @Override
    public void addRegistration(String address, RegistrationInfo info, Completable<Void> promise) {
        if (!info.localOnly()) {
            own.add(new Registration(address, info));
        }
        super.addRegistration(address, info, promise);
    }

    @Override
    public void removeRegistration(String address, RegistrationInfo info, Completable<Void> promise) {
        own.remove(new Registration(address, info));
        super.removeRegistration(address, info, promise);
    }

    @Override
    public synchronized void memberRemoved(MembershipEvent event) {
        companions.removed(event.getMember().getAttribute(NODE_ID));
        super.memberRemoved(event);
    }

    /**
     * Why others can hardly reach this member, or it them; null when nothing is known against it. From any thread, without
     * asking anybody.
     */
    @Nullable
    String problem() {
        if (!isActive()) {
            return "not a member";
        }
        var unanswered = answers.problem();
        return unanswered != null ? unanswered : companions.problem(getNodes());
    }

    /** Tells the others that this member ends in its own time. */
    void sayGoodbye(Vertx vertx) {
        vertx.eventBus().publish(Addresses.NODE_LEAVES, getNodeId());
    }

    /** Checks from now on, until Vert.x is closed. */
    void watch(Vertx vertx) {
        vertx.eventBus()
                .consumer(
                        Addresses.NODE_LEAVES,
                        Reading.of(String::strip, (String node, Message<String> goodbye) -> companions.leaves(node)));
        vertx.setPeriodic(Duration.ofSeconds(CHECK_SECONDS).toMillis(), tick -> {
            if (isActive() && isChecking.compareAndSet(false, true)) {
                answers.asked();
                check(vertx)
                        .onComplete(done -> answers.answered(done.cause()))
                        .onSuccess(checked -> runAll(afterCheck))
                        .onFailure(failure -> LOG.warn(
                                "cluster.check-failed, tried again in {} s: {}", CHECK_SECONDS, failure.toString()))
                        .onComplete(done -> isChecking.set(false));
            }
        });
    }

    /**
     * Runs a task, of no effort, after the next check that succeeds. None does while this member takes itself for one of a
     * cluster that does not answer it; Hazelcast may stay so for long after the network is whole again.
     */
    void afterCheck(Runnable task) {
        afterCheck.add(task);
    }

    private static void runAll(Queue<Runnable> tasks) {
        for (var task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Whether there is another member that may send something here. */
    boolean hasOthers() {
        return isActive() && getNodes().size() > 1;
    }

    /**
     * Has other members choose among the others from now on; the consumers stay and take what still arrives. Unregistering
     * a consumer does it the other way round: what was sent before its sender heard of that finds no consumer, is dropped
     * without a word, and missed only when the sender's patience ends.
     */
    Future<?> withdraw() {
        return Future.join(List.copyOf(own).stream()
                .map(registration -> Future.<Void>future(
                        removed -> removeRegistration(registration.address(), registration.info(), removed)))
                .toList());
    }

    private Future<?> check(Vertx vertx) {
        var expected = List.copyOf(own);
        return vertx.executeBlocking(this::known, false)
                .map(Objects::requireNonNull)
                .compose(known -> Future.join(putBack(expected, known), forgetStrangers(known))
                        .compose(mended -> tell(known)))
                .compose(heard -> announceWhereabouts(vertx));
    }

    private Future<?> tell(Set<Registration> known) {
        var before = told;
        var addresses = Stream.concat(
                        known.stream().filter(registration -> !before.contains(registration)),
                        before.stream().filter(registration -> !known.contains(registration)))
                .map(Registration::address)
                .filter(eventBus::wantsUpdatesFor)
                .distinct();
        return Future.join(addresses
                        .map(address -> Future.<List<RegistrationInfo>>future(found -> getRegistrations(address, found))
                                .onSuccess(now ->
                                        eventBus.registrationsUpdated(new RegistrationUpdateEvent(address, now))))
                        .toList())
                .onSuccess(all -> told = known);
    }

    private Set<Registration> known() {
        var known = new HashSet<Registration>();
        for (Map.Entry<String, HazelcastRegistrationInfo> entry : getHazelcastInstance()
                .<String, HazelcastRegistrationInfo>getMultiMap(REGISTRATIONS)
                .entrySet()) {
            known.add(new Registration(entry.getKey(), entry.getValue().unwrap()));
        }
        return known;
    }

    private Future<?> putBack(List<Registration> expected, Set<Registration> known) {
        var missing = expected.stream()
                .filter(registration -> !known.contains(registration) && own.contains(registration))
                .toList();
        if (!missing.isEmpty()) {
            LOG.warn("cluster.registrations-missing count={}, registering them again", missing.size());
        }
        return Future.join(missing.stream()
                .map(registration -> Future.<Void>future(
                                put -> super.addRegistration(registration.address(), registration.info(), put))
                        .compose(put -> own.contains(registration) ? Future.succeededFuture() : remove(registration)))
                .toList());
    }

    /** Only those that were strangers at the last look as well: who just joins may be known before it is a member. */
    private Future<?> forgetStrangers(Set<Registration> known) {
        var members = Set.copyOf(getNodes());
        var now = new HashSet<>(known);
        now.removeIf(registration -> members.contains(registration.info().nodeId()));
        var lasting = new ArrayList<>(now);
        lasting.retainAll(strangers);
        strangers = now;
        if (!lasting.isEmpty()) {
            LOG.warn("cluster.registrations-stale count={}, removing them", lasting.size());
        }
        return Future.join(lasting.stream().map(this::remove).toList());
    }

    private Future<Void> remove(Registration registration) {
        Promise<Void> removed = Promise.promise();
        super.removeRegistration(registration.address(), registration.info(), removed);
        return removed.future();
    }

    /** Not on an event loop: what asks the cluster may hold the manager's lock for as long as that does not answer. */
    private Future<Void> announceWhereabouts(Vertx vertx) {
        Promise<Void> announced = Promise.promise();
        return vertx.executeBlocking(
                        () -> {
                            if (getHazelcastInstance().getMap(WHEREABOUTS).containsKey(getNodeId())) {
                                announced.complete();
                            } else {
                                LOG.warn("cluster.address-missing, announcing it again");
                                setNodeInfo(getNodeInfo(), announced);
                            }
                            return announced;
                        },
                        false)
                .compose(asked -> announced.future());
    }
}
