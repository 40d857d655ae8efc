package millrace.proto;

import java.util.OptionalLong;

/// The math: computes the items of a task. Found by [java.util.ServiceLoader], and only by workers.
///
/// A kernel is pure: the same description and range give the same bytes on every machine. So it uses
/// `StrictMath` or arithmetic of its own, counter-based random numbers, and one fixed order of operations; no
/// clock, no thread-local randomness, no hash order. One instance serves all threads of a worker at once, so it
/// keeps no state that computing changes.
///
/// @param <D> its description
public interface Kernel<D extends Description> {
    /// The record that describes it.
    Class<D> description();

    /// The version of this math; a worker takes only tasks of this version.
    default int version() {
        return KernelType.of(description()).version();
    }

    /// How many bytes of the heap [#compute] needs at once for the items `[first, end)`: arrays, tables and the
    /// value that it returns, at the time when they are most. Not what blobs hold, which are mapped from files,
    /// nor warm state, which all tasks share. Empty, as by default, when that is not known from the parameters;
    /// then the worker goes by what it saw earlier tasks of the same computation hold, which is but an
    /// estimate.
    ///
    /// A worker computes no more tasks at once than its heap carries by these figures, and fails a task that it
    /// does not carry by itself. Asked before a task starts, by a thread that must not wait: counts, does
    /// nothing else.
    ///
    /// @param first first item, inclusive, at least 0
    /// @param end   one past the last item, greater than `first`, at most `description.items()`
    /// @return 0 and up
    default OptionalLong liveBytes(D description, long first, long end) {
        return OptionalLong.empty();
    }

    /// Computes the items `[first, end)` and returns the partial value in the encoding of the description's
    /// join.
    ///
    /// Long computations ask [Work#checkCancelled] every 100 ms or so: a worker that cannot stop one exits.
    ///
    /// @param first first item, inclusive, at least 0
    /// @param end   one past the last item, greater than `first`, at most `description.items()`
    /// @throws BadInput when what blobs hold cannot be used; the task fails for good
    /// @throws CancelledException when the task is no longer wanted
    /// @throws Exception when the range cannot be computed; the task counts as failed and may be tried again
    byte[] compute(D description, Work work, long first, long end) throws Exception;
}
