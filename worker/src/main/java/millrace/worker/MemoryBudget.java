package millrace.worker;

import com.google.protobuf.ByteString;
import java.util.LinkedHashMap;
import java.util.Map;
import millrace.proto.Task;

/// What the tasks that are computed may take of the heap, all together.
///
/// A task's bytes are those that its kernel declares. Where it declares none they are estimated from what
/// earlier tasks of the same computation were seen to hold, see [HeldBytes]; and before any was seen they are
/// unknown, which counts as none. An estimate makes a task wait, but never fails it: it may be too high, and a
/// task that has the process to itself may always start. A declaration above the whole budget does fail it,
/// before it starts.
///
/// Knows no clock. One thread at a time, as the desk.
final class MemoryBudget {
    /// Stands for bytes that a kernel does not declare.
    static final long UNKNOWN = -1;

    /// Computations whose tasks' bytes are remembered; a worker computes few jobs at once.
    private static final int REMEMBERED_MAX = 256;

    /// By this part of the difference an estimate falls when a task held less: one that chance made too high
    /// does not stay, and one of tasks that differ among themselves stays near the largest.
    private static final int FALLS_BY = 8;

    /// What a task of so many items held.
    private record Seen(long items, long bytes) {
        /// For as many items or fewer the same, because what they share is not known from what each adds.
        long of(long others) {
            return others <= items ? bytes : (long) Math.min(Long.MAX_VALUE, (double) bytes * others / items);
        }
    }

    private final long bytesMax;
    private long taken;

    private final Map<ByteString, Seen> seen = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteString, Seen> eldest) {
            return size() > REMEMBERED_MAX;
        }
    };

    /// @param bytesMax 1 and up
    MemoryBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /// All of it.
    long bytesMax() {
        return bytesMax;
    }

    /// What the tasks that are computed take of it.
    long taken() {
        return taken;
    }

    /// What a task is to be charged with now, from 0 to all of it.
    ///
    /// @param declared its kernel's word, or [#UNKNOWN]
    long bytes(Task task, long declared) {
        if (declared != UNKNOWN) {
            return Math.min(declared, bytesMax);
        }
        var like = seen.get(task.computation());
        return like == null ? 0 : Math.min(like.of(task.items()), bytesMax);
    }

    /// Whether so many bytes are left.
    boolean hasRoomFor(long bytes) {
        return bytes <= bytesMax - taken;
    }

    void take(long bytes) {
        taken += bytes;
    }

    void giveBack(long bytes) {
        taken -= bytes;
    }

    /// A task of a kernel that declares nothing was seen to hold so many bytes.
    void saw(Task task, long held) {
        seen.merge(task.computation(), new Seen(task.items(), held), MemoryBudget::estimate);
    }

    // A larger task that was seen takes the place of what was expected of it by the smaller ones: those may have
    // held what does not grow with the items.
    private static Seen estimate(Seen before, Seen now) {
        if (now.bytes >= before.bytes) {
            return new Seen(Math.max(before.items, now.items), now.bytes);
        }
        // That a smaller task held less says nothing about a larger one.
        return now.items < before.items
                ? before
                : new Seen(now.items, before.bytes - (before.bytes - now.bytes) / FALLS_BY);
    }
}
