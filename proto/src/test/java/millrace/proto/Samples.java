package millrace.proto;

import com.google.protobuf.ByteString;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.LongStream;

/// One valid record of every kind, every field of it set.
final class Samples {
    static final String JOB = "primes-7f3a";
    static final JobSpec SPEC = spec(JOB);

    private Samples() {}

    @Described(name = "sample", version = 3, summary = "A kernel of the tests.", item = "a number")
    record Sample(
            @Parameter(help = "how many", byDefault = "10", min = "0", max = "1e15")
            long to,

            @Parameter(help = "what", byDefault = "a") String name)
            implements Description {
        @Override
        public long items() {
            return to;
        }

        @Override
        public Join join() {
            return new Join.TopK(7);
        }

        @Override
        public void write(OutputSource output, Ranges done, OutputStream out) {
            throw new UnsupportedOperationException("not needed here");
        }
    }

    static JobSpec spec(String job) {
        var labels = new TreeMap<String, String>();
        labels.put("team", "tides");
        return JobSpec.of(
                job,
                4,
                Computation.of(new Sample(1000, "ä")),
                10,
                900,
                new Join.TopK(7),
                new Policy(2, 5, 6, Duration.ofSeconds(7), Duration.ofMillis(8), 9, 10, Duration.ofSeconds(11)),
                labels,
                "parent-1");
    }

    static Task task() {
        return new Task(
                JOB,
                SPEC.digest(),
                SPEC.partition(),
                SPEC.computationBytes(),
                10,
                20,
                2,
                3,
                true,
                true,
                true,
                Duration.ofSeconds(4));
    }

    static Result done() {
        return Result.of(
                task(), "w-1", 2, new Result.Cost(1, 2, 3, 4), new Result.Done(ByteString.copyFromUtf8("value")));
    }

    static Result elsewhere(boolean passedOn, int parts) {
        var places = LongStream.range(0, parts)
                .mapToObj(part -> new BlobPlace(Blob.of(new byte[] {(byte) part}), part, 1, List.of(part), 1000))
                .toList();
        return Result.of(
                task(),
                "w-1",
                2,
                new Result.Cost(1, 2, 3, 4),
                new Result.Done(ByteString.EMPTY, new Result.Place(places, passedOn)));
    }

    static Result failed() {
        return Result.of(
                task(),
                "w-1",
                2,
                new Result.Cost(1, 2, 3, 4),
                new Result.Failed(Result.FailureKind.TIMEOUT, "too long", "at a\nat b"));
    }

    static Result handedBack() {
        return Result.of(
                task(), "w-1", 3, Result.Cost.NONE, new Result.HandedBack(Result.HandBackReason.SUSPECT, "third"));
    }

    static Tally tally() {
        return new Tally(
                1,
                2,
                3,
                4,
                5,
                6,
                7,
                8,
                9,
                10,
                11,
                12,
                13,
                14,
                15,
                16,
                List.of("w-1", "w-2"),
                17,
                new Result.Extra(18, 19, 20),
                new Tally.Detail(
                        new Spread(List.of(0L, 5L), 1, 1),
                        21,
                        22,
                        List.of(new WorkerCost("w-1", 2, 3, 4, 5, 6, 7, 8, List.of(9L), List.of(10L)))));
    }

    static Progress progress() {
        var done = Ranges.of(10, 20);
        done.add(30, 40);
        return new Progress(
                JOB,
                5,
                "a-1",
                77,
                done,
                Ranges.of(50, 51),
                List.of(
                        new Progress.Again(
                                60, 70, 2, 1, false, Progress.Why.failed(Result.FailureKind.EXCEPTION, "boom")),
                        new Progress.Again(
                                70,
                                80,
                                1,
                                0,
                                true,
                                Progress.Why.handedBack(Result.HandBackReason.SUSPECT, "third delivery"))),
                tally(),
                12.5,
                new Progress.Eta(1, 2, 3),
                123);
    }

    static Ending ending(Ending.OutputPlace output) {
        return new Ending(
                SPEC,
                Ending.State.PARTIAL,
                "one item was given up",
                new Ending.Failure(50, 51, 3, "w-1", Result.FailureKind.CRASHED, "died", "at x"),
                ByteString.copyFrom(new byte[32]),
                output,
                tally(),
                1000,
                2000,
                5,
                "a-1",
                Ranges.of(10, 50),
                Ranges.of(50, 51));
    }

    static DeadLetter deadLetter() {
        return new DeadLetter(
                JOB,
                SPEC.digest(),
                50,
                51,
                "sample@3",
                List.of(new DeadLetter.Cause(50, 51, 1, "w-1", Result.FailureKind.OUT_OF_MEMORY, "heap", "at y")),
                99);
    }

    static Heartbeat heartbeat() {
        return new Heartbeat(
                "host-1-ab",
                "host",
                1,
                "0.1",
                2,
                3,
                4,
                Heartbeat.State.DRAINING,
                "nothing",
                List.of(new Heartbeat.Offer("sample", 3)),
                5,
                4,
                8,
                List.of(new Heartbeat.Holding(JOB, 10, 20, 1, true, true, 6000)),
                9,
                10,
                11,
                12,
                13,
                14.5);
    }
}
