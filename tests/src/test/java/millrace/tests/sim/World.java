package millrace.tests.sim;

import com.google.errorprone.annotations.FormatMethod;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import millrace.proto.SpecDigest;
import org.jspecify.annotations.Nullable;

/// A fleet, its brokers and its clients, made and driven by one seed: the same seed is the same world, event by
/// event. Everything happens in the calling thread, and time passes only from one event to the next.
///
/// After each event the [Checker] looks at what was written. At a moment that the seed decides all faults end, and
/// every job has to end within [#lively].
final class World {
    private static final long LIVELY = 600 * Agenda.SECOND;

    /// How long a world goes on after its last job has ended.
    private static final long AFTERWARDS = 3 * Agenda.SECOND;

    private static final long EVENTS_MAX = 3_000_000;

    /// What became of a world.
    ///
    /// @param mark the same for the same events
    record Outcome(long seed, long events, long tasks, FaultCount hits, long mark, long lastedNanos) {}

    final long seed;
    final Agenda agenda = new Agenda();
    final Chance chance;
    final FaultCount hits = new FaultCount();
    final Network network;
    final Broker broker;
    final Faults faults;
    final Checker checker;
    final Harm harm;
    private final Map<String, SimJob> jobs = new LinkedHashMap<>();
    private final Map<SpecDigest, SimJob> bySpec = new LinkedHashMap<>();
    private final @Nullable Consumer<String> tracer;
    private boolean healed;
    private long mark = 17;

    World(long seed, Harm harm, @Nullable Consumer<String> tracer) {
        this.seed = seed;
        this.harm = harm;
        this.tracer = tracer;
        chance = new Chance(seed);
        network = new Network(agenda, chance, hits);
        broker = new Broker(agenda, (int) chance.between(1, 3), (int) chance.between(1, 3));
        checker = new Checker(this);
        faults = new Faults(this);
    }

    Outcome run() {
        try {
            faults.begin();
            agenda.in(faults.endAt(), () -> {
                faults.heal();
                healed = true;
            });
            var quietSince = 0L;
            while (agenda.step()) {
                checker.look();
                if (!healed || checker.openJobs() > 0 || !faults.allSubmitted()) {
                    quietSince = agenda.now();
                } else if (agenda.now() - quietSince > AFTERWARDS) {
                    break;
                }
                if (agenda.now() > faults.endAt() + lively()) {
                    throw new Violation("not ended %d s after all faults: %s; %s"
                            .formatted(lively() / Agenda.SECOND, checker.openIds(), faults.state()));
                }
                if (agenda.events() > EVENTS_MAX) {
                    throw new Violation("more than %d events, open are %s".formatted(EVENTS_MAX, checker.openIds()));
                }
            }
            checker.end();
        } catch (Violation e) {
            trace("VIOLATION: %s", e.getMessage());
            throw new Violation(seed, "seed %d at %.3f s: %s".formatted(seed, agenda.now() / 1e9, e.getMessage()), e);
        } catch (RuntimeException e) {
            trace("VIOLATION: a core threw %s", e);
            throw new Violation(seed, "seed %d at %.3f s: a core threw %s".formatted(seed, agenda.now() / 1e9, e), e);
        }
        return new Outcome(seed, agenda.events(), checker.tasks(), hits, mark, agenda.now());
    }

    /// How long a healthy fleet may take for what is left. Its only worker may be so slow that it runs into the limit of
    /// a task of each job, as often as that may be tried, and each time with nothing beside it.
    private long lively() {
        return jobs.values().stream()
                .map(job -> job.spec().policy())
                .mapToLong(policy -> policy.maxAttempts() * policy.taskLimit().toNanos())
                .reduce(LIVELY, Long::sum);
    }

    SimJob job(String id) {
        var job = jobs.get(id);
        if (job == null) {
            throw new Violation("nobody submitted job " + id);
        }
        return job;
    }

    void add(SimJob job) {
        jobs.putIfAbsent(job.spec().job(), job);
        bySpec.put(job.spec().digest(), job);
    }

    /// The one of an id's jobs that has this spec.
    SimJob job(SpecDigest digest) {
        var job = bySpec.get(digest);
        if (job == null) {
            throw new Violation("nobody submitted a spec with digest " + digest);
        }
        return job;
    }

    boolean knows(String id) {
        return jobs.containsKey(id);
    }

    /// Notes something that happened, for the mark and for whoever looks at a single world.
    @FormatMethod
    void trace(String format, @Nullable Object... arguments) {
        mark = mark * 31 + agenda.now();
        mark = mark * 31 + format.hashCode();
        if (tracer != null) {
            tracer.accept("%10.4f  ".formatted(agenda.now() / 1e9) + format.formatted(arguments));
        }
    }
}
