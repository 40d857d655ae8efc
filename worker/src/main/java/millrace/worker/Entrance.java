package millrace.worker;

import java.util.LinkedHashMap;
import java.util.Map;
import millrace.proto.Result.Answer;
import millrace.proto.Result.Failed;
import millrace.proto.Result.FailureKind;
import millrace.proto.Result.HandBackReason;
import millrace.proto.Result.HandedBack;
import millrace.proto.SpecDigest;
import millrace.proto.Task;
import org.jspecify.annotations.Nullable;

/// Tells whether a task that was delivered is to be computed here, and if not, what it is answered.
final class Entrance {
    /// Ended jobs that are remembered; tasks of older ones are computed for nothing.
    private static final int ENDED_MAX = 10_000;

    private record Job(String id, SpecDigest digest) {}

    /// What the entrance says.
    sealed interface Verdict {
        /// @param bytes that its kernel declares, or [MemoryBudget#UNKNOWN]
        record Compute(Ready<?> math, long bytes) implements Verdict {}

        record Refuse(Answer answer) implements Verdict {}
    }

    private final Kernels kernels;
    private final MemoryBudget memory;
    private final Map<Job, Boolean> ended = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Job, Boolean> eldest) {
            return size() > ENDED_MAX;
        }
    };

    Entrance(Kernels kernels, MemoryBudget memory) {
        this.kernels = kernels;
        this.memory = memory;
    }

    void ended(String job, SpecDigest digest) {
        ended.put(new Job(job, digest), true);
    }

    /// @param delivery how often the task was delivered, from 1
    /// @param leaving  whether the worker takes no more tasks
    /// @param alone    the task that others must make room for, if there is one
    Verdict admit(Task task, int delivery, boolean leaving, @Nullable Task alone) {
        if (ended.containsKey(new Job(task.job(), task.digest()))) {
            return handBack(HandBackReason.ENDED, "the job has ended");
        }
        if (task.alone() && delivery >= Desk.CRASHED_DELIVERY) {
            return fail(
                    FailureKind.CRASHED,
                    "delivered %d times: workers died computing it, also with nothing else in the process"
                            .formatted(delivery));
        }
        if (!task.alone() && delivery >= Desk.SUSPECT_DELIVERY) {
            return handBack(HandBackReason.SUSPECT, "delivered %d times: workers died holding it".formatted(delivery));
        }
        if (leaving) {
            return handBack(HandBackReason.DRAINING, "the worker stops");
        }
        if (alone != null) {
            return new Verdict.Refuse(makesRoom(alone));
        }
        return switch (kernels.find(task.computation())) {
            case Kernels.Found.Missing(var reason, var detail) -> handBack(reason, detail);
            case Kernels.Found.Refused(var detail) -> fail(FailureKind.BAD_PARAMETERS, detail);
            case Kernels.Found.Known(var math) ->
                task.end() <= math.items()
                        ? admit(task, math)
                        : fail(
                                FailureKind.BAD_PARAMETERS,
                                "items [%d, %d) of %s, which has %d for these parameters"
                                        .formatted(task.first(), task.end(), math, math.items()));
        };
    }

    // Other workers may have more memory: the attempts that are left may come to them.
    private Verdict admit(Task task, Ready<?> math) {
        long bytes;
        try {
            bytes = math.liveBytes(task);
        } catch (Throwable e) { // a kernel's own failure, not the worker's
            return fail(FailureKind.EXCEPTION, math + " cannot say how many bytes it needs: " + e);
        }
        return bytes <= memory.bytesMax()
                ? new Verdict.Compute(math, bytes)
                : fail(
                        FailureKind.OUT_OF_MEMORY,
                        "%s needs %d bytes for %d items, available on this worker for tasks: %d (%s of its heap)%s"
                                .formatted(
                                        math,
                                        bytes,
                                        task.items(),
                                        memory.bytesMax(),
                                        WorkerConfig.MEMORY_SHARE,
                                        task.items() == 1 ? "" : "; fewer items in a task need less"));
    }

    /// The answer to a task that another one must not have beside it.
    static Answer makesRoom(Task alone) {
        return new HandedBack(HandBackReason.BUSY, "makes room for " + alone + ", which must be alone");
    }

    private static Verdict handBack(HandBackReason reason, String detail) {
        return new Verdict.Refuse(new HandedBack(reason, detail));
    }

    private static Verdict fail(FailureKind kind, String detail) {
        return new Verdict.Refuse(new Failed(kind, detail, ""));
    }
}
