package millrace.producer;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import millrace.proto.Computation;
import millrace.proto.Heartbeat;
import millrace.proto.JobSpec;
import millrace.proto.Join;
import millrace.proto.Policy;

/// Specs and heartbeats for tests.
final class Specs {
    static final Heartbeat.Offer KERNEL = new Heartbeat.Offer("primes", 1);

    private Specs() {}

    /// The time that the numbers of these tests are worked out for.
    static final Policy POLICY = Policy.DEFAULT.withTaskTime(Duration.ofMillis(500));

    static JobSpec spec(String job, long items) {
        return spec(job, items, POLICY);
    }

    static JobSpec spec(String job, long items, Policy policy) {
        return spec(job, items, policy, new Join.IntegerSum(1));
    }

    static JobSpec spec(String job, long items, Policy policy, Join join) {
        var computation = new Computation(KERNEL.kernel(), KERNEL.version(), new TreeMap<>(), items);
        return JobSpec.of(job, 1, computation, 0, items, join, policy, new TreeMap<>(), "");
    }

    /// A heartbeat of a worker that computes [#KERNEL] and can hold 1.5 records for each core.
    static Heartbeat beat(String worker, long sequence, int cores, List<Heartbeat.Holding> holdings) {
        return beat(worker, sequence, cores, holdings, Heartbeat.State.RUNNING, List.of(KERNEL));
    }

    static Heartbeat beat(
            String worker,
            long sequence,
            int cores,
            List<Heartbeat.Holding> holdings,
            Heartbeat.State state,
            List<Heartbeat.Offer> offers) {
        return new Heartbeat(
                worker,
                "host",
                1,
                "test",
                sequence,
                0,
                0,
                state,
                "",
                offers,
                cores,
                Math.min(4, cores + 1),
                holds(cores),
                holdings,
                0,
                0,
                0,
                0,
                0,
                0);
    }

    static int holds(int cores) {
        return (3 * cores + 1) / 2;
    }

    static ByteString nothing() {
        return ByteString.EMPTY;
    }
}
