package millrace.aggregator;

import java.util.ArrayList;
import java.util.List;
import millrace.proto.Result;

/// Results of jobs that nobody has submitted as far as `jobs` has been read. They wait until it has been read to
/// its end: then their job is known, or they are foreign.
final class ParkedResults {
    private static final int RESULTS_MAX = 10_000;
    private static final long BYTES_MAX = 16L << 20;

    /// @param mark     where it lies in `results`
    /// @param atMillis its time, the brokers' clock
    record Parked(Mark mark, long atMillis, Result result) {}

    private final List<Parked> parked = new ArrayList<>();
    private long bytes;
    // Those below were there when `jobs` was last asked for; -1 while nobody has asked.
    private long asked = -1;

    void add(Parked one) {
        parked.add(one);
        bytes += Joiner.bytes(one.result);
    }

    boolean isFull() {
        return parked.size() >= RESULTS_MAX || bytes >= BYTES_MAX;
    }

    /// Whether `jobs` should be read to its end, see [Joiner#wantsOrders].
    boolean ask(long position) {
        if (parked.isEmpty() || asked >= 0) {
            return false;
        }
        asked = position;
        return true;
    }

    /// Those that had been there when `jobs` was asked for, taken out: they are foreign.
    List<Parked> answered() {
        Check.invariant(asked >= 0, "nobody asked for orders");
        var foreign = new ArrayList<Parked>();
        parked.removeIf(one -> one.mark.offset() < asked && foreign.add(one));
        asked = -1;
        foreign.forEach(one -> bytes -= Joiner.bytes(one.result));
        return foreign;
    }

    /// Those of one job, taken out, in their order.
    List<Parked> take(String job) {
        var taken = new ArrayList<Parked>();
        parked.removeIf(one -> one.result.job().equals(job) && taken.add(one));
        taken.forEach(one -> bytes -= Joiner.bytes(one.result));
        return taken;
    }

    /// The first one's place.
    Mark earliest() {
        return parked.isEmpty() ? Mark.NONE : parked.getFirst().mark;
    }

    int size() {
        return parked.size();
    }
}
