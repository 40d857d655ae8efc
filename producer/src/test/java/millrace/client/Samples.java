package millrace.client;

import com.google.protobuf.ByteString;
import java.io.OutputStream;
import java.util.List;
import millrace.proto.Described;
import millrace.proto.Description;
import millrace.proto.Digests;
import millrace.proto.Ending;
import millrace.proto.JobSpec;
import millrace.proto.Join;
import millrace.proto.OutputSource;
import millrace.proto.Parameter;
import millrace.proto.Progress;
import millrace.proto.Ranges;
import millrace.proto.Tally;
import org.jspecify.annotations.Nullable;

/// Records of a small job, for tests.
final class Samples {
    @Described(name = "count", version = 3, summary = "Counts.", item = "a number")
    record Count(
            @Parameter(help = "how many", min = "0", max = "1e18")
            long n) implements Description {
        @Override
        public long items() {
            return n;
        }

        @Override
        public Join join() {
            return new Join.IntegerSum(1);
        }

        @Override
        public void write(OutputSource output, Ranges done, OutputStream out) {
            throw new UnsupportedOperationException();
        }
    }

    private Samples() {}

    static JobSpec spec(String job, long items) {
        return Millrace.spec(new Count(items), JobOptions.DEFAULT, job, 4);
    }

    static Progress progress(String job, long generation, long done) {
        return new Progress(
                job, generation, "owner", 0, Ranges.of(0, done), new Ranges(), List.of(), Tally.NONE, 0, null, 0);
    }

    static Ending ending(JobSpec spec, Ending.State state) {
        return ending(spec, state, null);
    }

    static Ending ending(JobSpec spec, Ending.State state, Ending.@Nullable Failure failure) {
        var output = state == Ending.State.SUCCEEDED || state == Ending.State.PARTIAL;
        return new Ending(
                spec,
                state,
                output ? "" : "because",
                failure,
                output ? ByteString.copyFrom(Digests.sha256().digest()) : ByteString.EMPTY,
                output ? new Ending.OutputPlace(spec.partition(), List.of(), 0) : null,
                Tally.NONE,
                1000,
                3500,
                1,
                "owner",
                Ranges.of(spec.first(), spec.end()),
                new Ranges());
    }
}
