package millrace.worker;

import java.io.PrintWriter;
import java.io.StringWriter;
import millrace.proto.BadInput;
import millrace.proto.BlobMissing;
import millrace.proto.CancelledException;
import millrace.proto.Description;
import millrace.proto.Kernel;
import millrace.proto.KernelType;
import millrace.proto.Result;
import millrace.proto.Result.Failed;
import millrace.proto.Result.FailureKind;
import millrace.proto.Result.HandBackReason;
import millrace.proto.Result.HandedBack;
import millrace.proto.Task;
import millrace.proto.Work;
import millrace.worker.LargeValues.Outcome;

/// A kernel with its description, ready to compute. Any thread, several at once.
///
/// @param items the kernel's items for these parameters
public record Ready<D extends Description>(Kernel<D> kernel, D description, long items) {
    /// The emission of a range at which a blob that is still missing fails it.
    static final int BLOB_EMISSIONS = 3;

    /// Computes a task and turns whatever the kernel does into an answer.
    ///
    /// A heap that is really full ends the process when it runs with `-XX:+ExitOnOutOfMemoryError`, as workers
    /// do: any thread may have been the one that got no memory, so the process is not to be trusted any more.
    /// The task then comes back, for the third time to be handed back as a suspect, and is blamed when it also
    /// kills a worker that computes nothing else. What is answered here is memory asked for outside the heap,
    /// and all of it without that option.
    public Result.Answer compute(Task task, Work work) {
        return switch (compute(task, work, LargeValues.NOWHERE)) {
            case Outcome.Answered(var answer) -> answer;
            case Outcome.Large large -> throw new IllegalStateException(large.task() + " has nowhere to put its value");
        };
    }

    /// @param values what becomes of values that are too large for a record, or only passed on by the join
    Outcome compute(Task task, Work work, LargeValues values) {
        try {
            var value = kernel.compute(description, work, task.first(), task.end());
            return value == null
                    ? new Outcome.Answered(new Failed(FailureKind.EXCEPTION, this + " returned null", ""))
                    : values.of(task, description.join(), value);
        } catch (Throwable e) { // whatever a kernel does is its own failure, not the worker's
            return new Outcome.Answered(answer(task, e));
        }
    }

    private static Result.Answer answer(Task task, Throwable thrown) {
        return switch (thrown) {
            case CancelledException e -> new Failed(FailureKind.EXCEPTION, String.valueOf(e.getMessage()), "");
            case BlobMissing e -> missing(task, e);
            // What blobs hold is seen only here. No attempt can make it better.
            case BadInput e -> new Failed(FailureKind.BAD_PARAMETERS, String.valueOf(e.getMessage()), "");
            case StackOverflowError e -> failed(FailureKind.STACK_OVERFLOW, e);
            case OutOfMemoryError e -> failed(FailureKind.OUT_OF_MEMORY, e);
            default -> failed(FailureKind.EXCEPTION, thrown);
        };
    }

    // Another worker may have it, or a broker that was away come back; but not for ever.
    private static Result.Answer missing(Task task, BlobMissing e) {
        return task.emission() < BLOB_EMISSIONS
                ? new HandedBack(HandBackReason.BLOB, String.valueOf(e.getMessage()))
                : new Failed(FailureKind.BLOB, String.valueOf(e.getMessage()), "");
    }

    private static Failed failed(FailureKind kind, Throwable thrown) {
        var name = thrown.getClass().getName();
        try {
            var stack = new StringWriter();
            thrown.printStackTrace(new PrintWriter(stack));
            var message = thrown.getMessage();
            return new Failed(kind, message == null ? name : name + ": " + message, stack.toString());
        } catch (Throwable e) { // an exception class of the kernel's own may itself be broken
            return new Failed(kind, name, "");
        }
    }

    /// What the kernel declares that a task takes of the heap, or [MemoryBudget#UNKNOWN] when it does not.
    ///
    /// @throws IllegalArgumentException when that is below 0, and whatever the kernel throws
    long liveBytes(Task task) {
        var declared = kernel.liveBytes(description, task.first(), task.end());
        if (declared.isEmpty()) {
            return MemoryBudget.UNKNOWN;
        }
        if (declared.getAsLong() < 0) {
            throw new IllegalArgumentException(declared.getAsLong() + ", allowed 0 and up");
        }
        return declared.getAsLong();
    }

    @Override
    public String toString() {
        return KernelType.of(kernel.description()).name() + "@" + kernel.version();
    }
}
