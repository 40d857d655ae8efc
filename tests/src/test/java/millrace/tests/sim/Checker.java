package millrace.tests.sim;

import static millrace.tests.sim.Violation.require;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import millrace.proto.DeadLetter;
import millrace.proto.Digests;
import millrace.proto.Ending;
import millrace.proto.Heartbeat;
import millrace.proto.JobOrder;
import millrace.proto.JobState;
import millrace.proto.OutputPiece;
import millrace.proto.Progress;
import millrace.proto.Ranges;
import millrace.proto.Result;
import millrace.proto.Snapshot;
import millrace.proto.Task;
import millrace.tests.model.Isolation;
import org.jspecify.annotations.Nullable;

/// Looks after each event at every record that was written since the last one, and holds it against what must
/// always be true. It knows nothing of the cores' state: only records, and what machines did to the brokers.
final class Checker {
    /// A task as a worker names it.
    private record Named(String worker, String job, long first, long end, int emission) {}

    private record Shown(long generation, long position) {}

    private final World world;
    private final Broker broker;
    private final List<Watch<?>> watches = new ArrayList<>();
    private final Map<String, JobFold> folds = new LinkedHashMap<>();
    private final Set<String> open = new java.util.LinkedHashSet<>();
    private final Map<Named, Long> answered = new HashMap<>();
    private final Set<Named> claimed = new HashSet<>();
    private final Map<String, Shown> shown = new HashMap<>();
    private final Map<String, Long> covered = new HashMap<>();
    private final Map<String, List<Snapshot>> pieces = new HashMap<>();
    private final Map<String, Ranges> letters = new HashMap<>();
    private final Map<String, Integer> outputPieces = new HashMap<>();
    private final FeedCheck feeding;
    private long tasks;

    Checker(World world) {
        this.world = world;
        broker = world.broker;
        feeding = new FeedCheck(world);
        watch();
    }

    // ---- what was written

    private interface Line<T> {
        void check(long offset, long atMillis, T record);
    }

    private void watch() {
        for (var p = 0; p < broker.jobPartitions; p++) {
            var partition = p;
            watches.add(new Watch<>(broker.jobs.get(p), (_, atMillis, order) -> order(partition, atMillis, order)));
            watches.add(new Watch<>(broker.results.get(p), (offset, _, result) -> result(offset, result)));
            watches.add(new Watch<>(broker.progress.get(p), (_, _, progress) -> progress(progress)));
            watches.add(new Watch<>(broker.snapshots.get(p), (_, _, piece) -> snapshot(piece)));
            watches.add(new Watch<>(broker.letters.get(p), (_, _, letter) -> letter(letter)));
            watches.add(new Watch<>(
                    broker.outputs.get(p), (_, _, piece) -> outputPieces.merge(piece.job(), 1, Integer::sum)));
            watches.add(new Watch<>(broker.endings.get(p), (_, _, ending) -> ending(partition, ending)));
        }
        watches.add(new Watch<>(broker.workers, (_, _, beat) -> beat(beat)));
    }

    /// Checks what came since the last call.
    void look() {
        for (var watch : watches) {
            watch.look();
        }
    }

    /// What of a partition was looked at, and how what follows is.
    private static final class Watch<T> {
        private final Tape<T> tape;
        private final Line<T> check;
        private long from;

        Watch(Tape<T> tape, Line<T> check) {
            this.tape = tape;
            this.check = check;
        }

        void look() {
            var end = tape.log.lastStableOffset();
            if (end > from) {
                for (var line : tape.read(from, Isolation.READ_COMMITTED, Integer.MAX_VALUE)) {
                    if (line.record() != null) {
                        check.check(line.offset(), line.atMillis(), line.record());
                    }
                }
                from = end;
            }
        }
    }

    private void order(int partition, long atMillis, JobOrder order) {
        if (order instanceof JobOrder.Submit submit
                && submit.spec().partition() == partition
                && !folds.containsKey(order.job())) {
            folds.put(order.job(), new JobFold(submit.spec(), atMillis));
            open.add(order.job());
        }
        var fold = folds.get(order.job());
        if (order instanceof JobOrder.Cancel && fold != null) {
            fold.cancelled = true;
        }
    }

    private void result(long offset, Result result) {
        answered.putIfAbsent(
                new Named(result.worker(), result.job(), result.first(), result.end(), result.emission()), offset);
        var fold = folds.get(result.job());
        if (fold != null) {
            fold.take(offset, result);
        }
        world.trace(
                "result %s [%d, %d) emission %d at %d of %s: %s",
                result.job(),
                result.first(),
                result.end(),
                result.emission(),
                offset,
                result.worker(),
                result.answer().getClass().getSimpleName());
    }

    private void beat(Heartbeat beat) {
        for (var one : beat.holdings()) {
            if (one.claimed()) {
                claimed.add(new Named(beat.worker(), one.job(), one.first(), one.end(), one.emission()));
            }
        }
    }

    // Progress says what the results below its position come to, whoever writes it.
    private void progress(Progress progress) {
        var fold = folds.get(progress.job());
        require(fold != null, "progress of job %s, which nobody submitted", progress.job());
        if (fold == null) {
            return;
        }
        var done = progress.done().items();
        var dead = progress.dead().items();
        require(
                done == fold.doneBelow(progress.position())
                        && dead == fold.deadBelow(progress.position())
                        && fold.hasDone(progress.done())
                        && fold.hasDead(progress.dead()),
                "progress of job %s by %s, generation %d, has done %s and dead %s at %d, where %d and %d items are",
                progress.job(),
                progress.owner(),
                progress.generation(),
                progress.done(),
                progress.dead(),
                progress.position(),
                fold.doneBelow(progress.position()),
                fold.deadBelow(progress.position()));
        require(
                progress.tally().items() == done,
                "progress of job %s has %d items done and counted %d",
                progress.job(),
                done,
                progress.tally().items());
        var before = shown.get(progress.job());
        if (before == null || progress.generation() >= before.generation) {
            require(
                    before == null
                            || progress.generation() > before.generation
                            || progress.position() >= before.position,
                    "progress of job %s goes back from %s to %d of generation %d",
                    progress.job(),
                    before,
                    progress.position(),
                    progress.generation());
            shown.put(progress.job(), new Shown(progress.generation(), progress.position()));
        }
        for (var again : progress.again()) {
            require(
                    again.failures() < fold.spec.policy().maxAttempts(),
                    "job %s is to try [%d, %d) again after %d failures of %d",
                    progress.job(),
                    again.first(),
                    again.end(),
                    again.failures(),
                    fold.spec.policy().maxAttempts());
        }
    }

    private void letter(DeadLetter letter) {
        var fold = folds.get(letter.job());
        require(
                fold != null
                        && fold.attemptsOf(new Ranges.Range(letter.first(), letter.end()))
                                == letter.causes().size(),
                "a dead letter of job %s says that [%d, %d) failed %d times",
                letter.job(),
                letter.first(),
                letter.end(),
                letter.causes().size());
        letters.computeIfAbsent(letter.job(), _ -> new Ranges()).add(letter.first(), letter.end());
    }

    // A state covers what the results below its offset come to.
    private void snapshot(Snapshot piece) {
        var fold = folds.get(piece.job());
        require(fold != null && fold.spec.digest().equals(piece.digest()), "snapshot of a strange job %s", piece.job());
        var all = pieces.computeIfAbsent(piece.job(), _ -> new ArrayList<>());
        if (piece.piece() == 0) {
            all.clear();
        }
        all.add(piece);
        if (fold == null || all.size() < piece.pieces()) {
            return;
        }
        var bytes = com.google.protobuf.ByteString.EMPTY;
        for (var one : all) {
            bytes = bytes.concat(one.data());
        }
        var state = JobState.parse(bytes);
        if (state.covered() == 0) {
            return; // what an ended job leaves to one that replays it
        }
        require(
                state.done().items() == fold.doneBelow(state.covered())
                        && state.dead().items() == fold.deadBelow(state.covered())
                        && fold.hasDone(state.done()),
                "a state of job %s has done %s and dead %s, but covers results below %d, where %d and %d items are",
                piece.job(),
                state.done(),
                state.dead(),
                state.covered(),
                fold.doneBelow(state.covered()),
                fold.deadBelow(state.covered()));
        covered.merge(piece.job(), state.covered(), Math::max);
    }

    private void ending(int partition, Ending ending) {
        var id = ending.job();
        world.trace("ending of %s: %s %s", id, ending.state(), ending.reason());
        var fold = folds.get(id);
        require(fold != null, "an ending of job %s, which nobody submitted", id);
        if (fold == null) {
            return;
        }
        require(fold.ending == null, "a second ending of job %s: %s after %s", id, ending, fold.ending);
        require(ending.spec().digest().equals(fold.spec.digest()), "job %s ends with another spec", id);
        require(ending.spec().partition() == partition, "job %s ends in partition %d", id, partition);
        fold.ending = ending;
        open.remove(id);
        EndingCheck.check(world, fold, ending, output(ending));
        var told = letters.getOrDefault(id, new Ranges());
        require(
                told.equals(ending.dead()),
                "job %s ends without %s, and its dead letters are of %s",
                id,
                ending.dead(),
                told);
    }

    private byte @Nullable [] output(Ending ending) {
        var place = ending.output();
        if (place == null) {
            return null;
        }
        var tape = broker.outputs.get(place.partition());
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(place.inline().toByteArray());
        for (var i = 0; i < place.offsets().size(); i++) {
            var found = tape.read(place.offsets().get(i), Isolation.READ_COMMITTED, 1);
            OutputPiece piece = found.isEmpty() ? null : found.getFirst().record();
            require(
                    piece != null
                            && found.getFirst().offset() == place.offsets().get(i)
                            && piece.job().equals(ending.job())
                            && piece.piece() == i,
                    "piece %d of the output of job %s is not where its ending says",
                    i,
                    ending.job());
            if (piece != null) {
                bytes.writeBytes(piece.data().toByteArray());
            }
        }
        require(
                bytes.size() == place.bytes(),
                "the output of job %s has %d bytes, not %d",
                ending.job(),
                bytes.size(),
                place.bytes());
        require(
                Arrays.equals(
                        Digests.sha256().digest(bytes.toByteArray()),
                        ending.outputDigest().toByteArray()),
                "the output of job %s has another digest",
                ending.job());
        return bytes.toByteArray();
    }

    /// An owner has committed in a partition: its successor reads from the offset on that stands there now.
    void committed(int partition) {
        look();
        var tape = broker.results.get(partition).partition;
        long offset = broker.aggregators.committed(tape).orElse(0L);
        for (var id : open) {
            var fold = fold(id);
            if (fold.spec.partition() == partition) {
                var needed = fold.firstFrom(covered.getOrDefault(id, 0L));
                require(
                        offset <= needed,
                        "offset %d of partition %d is committed, and open job %s needs the result at %d",
                        offset,
                        partition,
                        id,
                        needed);
            }
        }
    }

    // ---- what machines did

    /// A worker told the share group that a task's record is done with.
    void accepted(String worker, int partition, long offset) {
        var line = broker.tasks.get(partition).at(offset);
        var task = line == null ? null : line.record();
        require(task != null, "%s accepts what is no task at %d-%d", worker, partition, offset);
        if (task != null) {
            var name = new Named(worker, task.job(), task.first(), task.end(), task.emission());
            require(
                    answered.containsKey(name) || claimed.contains(name),
                    "%s accepts %s, and neither its result nor its claim is written",
                    worker,
                    task);
            feeding.finished(partition, offset, answered.get(name));
        }
    }

    /// A worker's core begins with a task.
    void computing(SimWorker worker, int running, Task task, boolean anyAlone) {
        require(
                running <= worker.config.cores() + (task.urgent() ? 1 : 0),
                "%s computes %d tasks on %d cores",
                worker,
                running,
                worker.config.cores());
        require(!anyAlone || running == 1, "%s computes %s beside a task that is to be alone", worker, task);
    }

    FeedCheck feeding() {
        return feeding;
    }

    void emitted(Task task) {
        tasks++;
        require(folds.containsKey(task.job()), "a task of job %s, which nobody submitted", task.job());
        require(task.digest().equals(fold(task.job()).spec.digest()), "a task of job %s has another spec", task.job());
    }

    // ---- what is known

    JobFold fold(String id) {
        var fold = folds.get(id);
        if (fold == null) {
            throw new Violation("nobody submitted " + id);
        }
        return fold;
    }

    /// Whether a later owner has told of the job, which is open.
    boolean isDeposed(Progress one) {
        var latest = shown.get(one.job());
        return fold(one.job()).ending == null && latest != null && latest.generation() > one.generation();
    }

    int openJobs() {
        return open.size();
    }

    Set<String> openIds() {
        return open;
    }

    long tasks() {
        return tasks;
    }

    /// The world is over, and nothing is left to do.
    void end() {
        look();
        outputPieces.forEach((id, written) -> {
            var ending = fold(id).ending;
            var place = ending == null ? null : ending.output();
            var named = place == null ? 0 : place.offsets().size();
            require(written == named, "job %s has %d pieces of output, and its ending names %d", id, written, named);
        });
        for (var aggregator : world.faults.aggregators()) {
            require(
                    aggregator.budget.bytes() == 0 || !aggregator.isIdle(),
                    "%s still counts %d bytes, and no job is open",
                    aggregator,
                    aggregator.budget.bytes());
        }
    }
}
