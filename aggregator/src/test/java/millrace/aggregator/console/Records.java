package millrace.aggregator.console;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import millrace.proto.Computation;
import millrace.proto.DeadLetter;
import millrace.proto.Digests;
import millrace.proto.Ending;
import millrace.proto.Heartbeat;
import millrace.proto.JobSpec;
import millrace.proto.Policy;
import millrace.proto.Progress;
import millrace.proto.Ranges;
import millrace.proto.Result;
import millrace.proto.Tally;
import millrace.proto.kernels.Mandelbrot;

/// Records of small fleets, for tests.
final class Records {
    private Records() {}

    static JobSpec spec(String job, int items) {
        var description = new Mandelbrot(1, items, 0, 0, 1, 1, 1);
        return JobSpec.of(
                job, 4, Computation.of(description), 0, items, description.join(), Policy.DEFAULT, new TreeMap<>(), "");
    }

    static Progress progress(String job, Ranges done, long cpuNanos) {
        return new Progress(
                job, 1, "owner", 0, done, new Ranges(), List.of(), tally(done.items(), cpuNanos), 5, null, 0);
    }

    private static Tally tally(long items, long cpuNanos) {
        return new Tally(
                items,
                items,
                items,
                0,
                0,
                0,
                0,
                0,
                cpuNanos,
                cpuNanos,
                0,
                0,
                0,
                0,
                0,
                0,
                List.of(),
                0,
                Result.Extra.NONE,
                Tally.Detail.NONE);
    }

    static Ending ending(JobSpec spec, Ending.State state, long endedMillis) {
        var output = state == Ending.State.SUCCEEDED || state == Ending.State.PARTIAL;
        return new Ending(
                spec,
                state,
                output ? "" : "because",
                null,
                output ? ByteString.copyFrom(Digests.sha256().digest()) : ByteString.EMPTY,
                output ? new Ending.OutputPlace(spec.partition(), List.of(), 0) : null,
                Tally.NONE,
                endedMillis - 500,
                endedMillis,
                1,
                "owner",
                Ranges.of(0, spec.items()),
                new Ranges());
    }

    static Heartbeat heartbeat(String worker, int cores, Heartbeat.State state, List<Heartbeat.Holding> holdings) {
        return new Heartbeat(
                worker, "host", 1, "1", 1, 0, 0, state, "", List.of(), cores, 1, 10, holdings, 1, 2, 3, 10, 5, 1);
    }

    static List<Heartbeat.Holding> computing(String job, long first, int tasks) {
        var holdings = new ArrayList<Heartbeat.Holding>();
        for (var i = 0; i < tasks; i++) {
            holdings.add(new Heartbeat.Holding(job, first + i, first + i + 1, 1, false, true, 40));
        }
        return holdings;
    }

    static DeadLetter letter(JobSpec spec, long item, String message) {
        return new DeadLetter(
                spec.job(),
                spec.digest(),
                item,
                item + 1,
                "mandelbrot@1",
                List.of(new DeadLetter.Cause(
                        item, item + 1, 1, "w", Result.FailureKind.EXCEPTION, message, "at Here.java")),
                5);
    }
}
