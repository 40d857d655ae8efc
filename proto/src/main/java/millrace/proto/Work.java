package millrace.proto;

import java.lang.foreign.MemorySegment;

/// What a kernel may ask about the task it computes, and of the worker that computes it. Used by the computing
/// thread.
public interface Work {
    /// Whether the task is no longer wanted.
    boolean cancelled();

    /// @throws CancelledException when the task is no longer wanted
    default void checkCancelled() throws CancelledException {
        if (cancelled()) {
            throw new CancelledException();
        }
    }

    /// The bytes of a blob: read-only, of its size, mapped from a verified file that all threads of the process
    /// share. The first call for a blob fetches it and may take as long as that; others wait for it. The segment
    /// may be kept and read by any thread; kernels do not let what they keep outlive the job, see [#warm].
    ///
    /// @throws BlobMissing when it cannot be had; let it through: the task is handed back, and in the end fails
    /// @throws CancelledException when the task is no longer wanted
    default MemorySegment blob(Blob blob) throws BlobMissing, CancelledException {
        if (blob.isEmpty()) {
            return MemorySegment.ofArray(new byte[0]).asReadOnly();
        }
        throw new BlobMissing(blob, "no blobs here");
    }

    /// What `maker` prepares, once in a process: a model, a table. All tasks that ask with the same key share it;
    /// the first makes it while the others wait. It stays until no task has asked for a while or memory is short,
    /// but never goes while a task that asked is computed. The time that making takes is counted apart from the
    /// task's.
    ///
    /// @param key   names the content, with the kernel and all parameters that the value depends on
    /// @param maker makes the value from what the key names and nothing else; does not ask for warm values itself
    /// @throws Exception what the maker throws
    default <T> T warm(String key, WarmMaker<T> maker) throws Exception {
        return maker.make();
    }
}
