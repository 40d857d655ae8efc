package millrace.proto.view;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import millrace.proto.BadInput;
import millrace.proto.Ending;
import millrace.proto.JobSpec;
import millrace.proto.Topics;

/// A job and those that went on from where it ended, in their order.
///
/// A replay needs what the aggregator of its parent's partition has kept, so its id has to lead to that partition:
/// it is the first job's id with the next number that does. Whoever asks twice for the same replay asks for the
/// same job.
public final class Replays {
    private final List<JobSummary> chain;
    private final int partitions;
    private final int nextNumber;

    private Replays(List<JobSummary> chain, int partitions, int nextNumber) {
        this.chain = chain;
        this.partitions = partitions;
        this.nextNumber = nextNumber;
    }

    /// The jobs that belong together with one of them.
    ///
    /// @param known tells what is known of a job
    public static Replays of(JobSummary one, int partitions, Function<String, Optional<JobSummary>> known) {
        var first = one;
        for (var parent = parent(first, known); parent.isPresent(); parent = parent(first, known)) {
            first = parent.get();
        }
        var root = first.spec().job();
        var chain = new ArrayList<>(List.of(first));
        var number = next(root, 0, first.spec().partition(), partitions);
        for (var replay = known.apply(id(root, number)); replay.isPresent(); replay = known.apply(id(root, number))) {
            chain.add(replay.get());
            number = next(root, number, first.spec().partition(), partitions);
        }
        return new Replays(chain, partitions, number);
    }

    private static Optional<JobSummary> parent(JobSummary job, Function<String, Optional<JobSummary>> known) {
        return job.spec().parent().isEmpty()
                ? Optional.empty()
                : known.apply(job.spec().parent());
    }

    private static int next(String root, int number, int partition, int partitions) {
        var next = number + 1;
        while (Topics.partition(id(root, next), partitions) != partition) {
            next++;
        }
        return next;
    }

    private static String id(String root, int number) {
        return root + ".replay-" + number;
    }

    public JobSummary latest() {
        return chain.getLast();
    }

    /// The job that goes on from the latest, which is the latest itself when that has begun to.
    ///
    /// @throws BadInput when there is nothing to go on from, or nothing left to do
    public JobSpec next() {
        var latest = latest();
        var ending = latest.ending();
        if (ending == null && chain.size() > 1) {
            return latest.spec();
        }
        if (ending == null) {
            throw new BadInput("job " + latest.spec().job() + " is " + latest.state()
                    + ", allowed: a job that has ended; cancel it first");
        }
        if (ending.state() == Ending.State.SUCCEEDED) {
            throw new BadInput("job " + latest.spec().job() + " has succeeded: nothing of it is missing");
        }
        if (ending.output() == null) {
            throw new BadInput("job " + latest.spec().job() + " has nothing to go on from: it ended " + ending.state()
                    + " without a value that could be kept; run it again");
        }
        var spec = latest.spec();
        return JobSpec.of(
                id(chain.getFirst().spec().job(), nextNumber),
                partitions,
                spec.computation(),
                spec.first(),
                spec.end(),
                spec.join(),
                spec.policy(),
                spec.labels(),
                spec.job());
    }
}
