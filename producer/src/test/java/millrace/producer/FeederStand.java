package millrace.producer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import millrace.proto.Heartbeat;
import millrace.proto.JobOrder;
import millrace.proto.JobSpec;
import millrace.proto.Progress;
import millrace.proto.Ranges;
import millrace.proto.Result;
import millrace.proto.Task;

/// A feeder on a test's stand: the test says each fact, time passes when it says so. Sends are acknowledged at
/// once unless told otherwise; questions for the end of the results are answered at once with what the test has
/// set.
final class FeederStand {
    /// A record on `tasks`.
    record Sent(Task task, int partition, long offset) {}

    final Feeder feeder;
    final List<Sent> sent = new ArrayList<>();
    long now = Nanos.SECOND;
    long resultsEnd;
    boolean answering = true;
    boolean sending = true;

    private final long[] ends;
    private final Map<String, Long> sequences = new HashMap<>();
    private final List<Action.Emit> stuck = new ArrayList<>();
    private long position;

    FeederStand(int taskPartitions) {
        feeder = new Feeder(taskPartitions, true, new SplittableRandom(1));
        ends = new long[taskPartitions];
    }

    /// One that leads, with one worker of so many cores.
    static FeederStand leading(int cores) {
        var stand = new FeederStand(2);
        stand.takeOver();
        stand.beat("w1", cores);
        return stand;
    }

    /// It wins the lease, and no task is outstanding.
    void takeOver() {
        feeder.lead();
        feeder.rebuilt(now);
    }

    void submit(JobSpec spec) {
        feeder.order(new JobOrder.Submit(spec));
    }

    void beat(String worker, int cores, Heartbeat.Holding... holdings) {
        var sequence = sequences.merge(worker, 1L, Long::sum);
        feeder.heartbeat(Specs.beat(worker, sequence, cores, List.of(holdings)), now);
    }

    static Heartbeat.Holding holding(Task task) {
        return new Heartbeat.Holding(task.job(), task.first(), task.end(), task.emission(), true, true, 6_000);
    }

    /// Feeds once and returns the tasks that went out.
    List<Task> feed() {
        var tasks = new ArrayList<Task>();
        for (var action : feeder.feed(now)) {
            switch (action) {
                case Action.Emit emit -> {
                    tasks.add(emit.task());
                    if (sending) {
                        acknowledge(emit);
                    } else {
                        stuck.add(emit);
                    }
                }
                case Action.AskResultsEnd ask -> {
                    if (answering) {
                        feeder.resultsEnd(ask.ask(), resultsEnd);
                    }
                }
            }
        }
        return tasks;
    }

    private void acknowledge(Action.Emit emit) {
        var offset = ends[emit.partition()]++;
        sent.add(new Sent(emit.task(), emit.partition(), offset));
        feeder.sent(emit.id(), offset, now);
    }

    /// The sends that are under way fail.
    void failSends() {
        stuck.forEach(emit -> feeder.unsent(emit.id(), now));
        stuck.clear();
    }

    /// Time passes, with all known workers heard twice a second and the feeder asked every 25 ms; returns what
    /// went out.
    List<Task> pass(Duration duration, Runnable beats) {
        var tasks = new ArrayList<Task>();
        var end = now + duration.toNanos();
        for (var step = 0; now < end; step++) {
            if (step % 20 == 0) {
                beats.run();
            }
            tasks.addAll(feed());
            now += 25 * Nanos.MILLI;
        }
        tasks.addAll(feed());
        return tasks;
    }

    List<Task> pass(Duration duration) {
        return pass(duration, () -> beat("w1", 2));
    }

    /// The share group has finished with everything that was sent.
    void finishAll() {
        for (var partition = 0; partition < ends.length; partition++) {
            feeder.finishedBelow(partition, ends[partition]);
        }
    }

    /// The aggregator has counted these ranges and all results up to the end.
    void progress(String job, Ranges done, Progress.Again... again) {
        progress(job, 1, resultsEnd, done, again);
    }

    void progress(String job, long generation, long position, Ranges done, Progress.Again... again) {
        this.position = position;
        var tasks = done.isEmpty() ? 0 : Math.max(1, done.items() / 10);
        feeder.progress(
                new Progress(
                        job,
                        generation,
                        "aggregator",
                        this.position,
                        done,
                        new Ranges(),
                        List.of(again),
                        VirtualFleet.tally(done.items(), tasks, done.items() * 20 * Nanos.MILLI),
                        0,
                        null,
                        0),
                now);
    }

    static Progress.Again failed(Task task, int failures) {
        return new Progress.Again(
                task.first(),
                task.end(),
                task.emission(),
                failures,
                false,
                Progress.Why.failed(Result.FailureKind.EXCEPTION, "it failed"));
    }

    static Progress.Again handedBack(Task task, Result.HandBackReason reason) {
        return new Progress.Again(
                task.first(),
                task.end(),
                task.emission(),
                0,
                reason == Result.HandBackReason.SUSPECT,
                Progress.Why.handedBack(reason, "it was handed back"));
    }
}
