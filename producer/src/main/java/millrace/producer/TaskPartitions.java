package millrace.producer;

import java.util.Arrays;

/// The partitions of `tasks`: how far each has come, and which takes the next task.
///
/// A share group looks at no more than [Topics#RECORD_LOCKS] records from the oldest unfinished one of a partition
/// on, finished ones included, so a partition is left alone before that. Of the others the one with the fewest
/// tasks out is chosen, as each lane reads one partition: by the span alone a single slow task at its start would
/// starve the partition's lanes.
final class TaskPartitions {
    /// The most records between a partition's oldest unfinished one and its end.
    static final long SPAN_MAX = 3_500;

    private final long[] end;
    private final long[] finishedBelow;
    private final int[] sending;
    private final int[] out;

    /// @param partitions 1 to 64
    TaskPartitions(int partitions) {
        end = new long[partitions];
        finishedBelow = new long[partitions];
        sending = new int[partitions];
        out = new int[partitions];
    }

    /// The partition that takes the next task, or -1 when none may take any.
    ///
    /// @param avoided partitions to avoid when there are others: bit p stands for partition p
    int choose(long avoided) {
        var best = -1;
        for (var partition = 0; partition < end.length; partition++) {
            if (span(partition) < SPAN_MAX
                    && (avoided & (1L << partition)) == 0
                    && (best < 0 || isBefore(partition, best))) {
                best = partition;
            }
        }
        return best < 0 && avoided != 0 ? choose(0) : best;
    }

    private boolean isBefore(int one, int other) {
        return out[one] != out[other] ? out[one] < out[other] : span(one) < span(other);
    }

    boolean isFull() {
        return choose(0) < 0;
    }

    /// Whether one is half full: it may be full before the share group is usually asked how far it is.
    boolean isFilling() {
        for (var partition = 0; partition < end.length; partition++) {
            if (span(partition) >= SPAN_MAX / 2) {
                return true;
            }
        }
        return false;
    }

    /// Records from the oldest unfinished one to the end, those being sent included.
    long span(int partition) {
        return Math.max(0, end[partition] + sending[partition] - finishedBelow[partition]);
    }

    /// All records below this offset are finished.
    void finishedBelow(int partition, long offset) {
        finishedBelow[partition] = Math.max(finishedBelow[partition], offset);
    }

    void end(int partition, long offset) {
        end[partition] = Math.max(end[partition], offset);
    }

    boolean isFinished(int partition, long offset) {
        return offset < finishedBelow[partition];
    }

    void sending(int partition) {
        sending[partition]++;
    }

    void sent(int partition, long offset) {
        sending[partition]--;
        end(partition, offset + 1);
    }

    void unsent(int partition) {
        sending[partition]--;
    }

    void take(int partition) {
        out[partition]++;
    }

    void release(int partition) {
        out[partition]--;
    }

    @Override
    public String toString() {
        return "end " + Arrays.toString(end) + ", finished below " + Arrays.toString(finishedBelow) + ", out "
                + Arrays.toString(out);
    }
}
