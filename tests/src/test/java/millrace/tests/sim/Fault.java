package millrace.tests.sim;

/// What goes wrong in a world, or is at least inconvenient.
enum Fault {
    WORKER_KILLED,
    WORKER_FROZEN,
    WORKER_CUT_OFF,
    WORKER_DRAINED,
    PRODUCER_KILLED,
    PRODUCER_FROZEN,
    PRODUCER_CUT_OFF,
    AGGREGATOR_KILLED,
    AGGREGATOR_FROZEN,
    AGGREGATOR_CUT_OFF,
    /// An aggregator joins, or leaves with a word.
    REBALANCE,
    BROKER_RESTART,
    /// A new owner is told an offset that was committed before the last one.
    OLD_OFFSET,
    /// A deposed owner says how far it had come.
    OLD_PROGRESS,
    /// All delays are 20 to 200 times as long for a while.
    SLOW_NETWORK,
    /// A request is served, and its answer comes late.
    LOST_ANSWER,
    /// A client gives a send up, whether it was served or not.
    UNKNOWN_SEND,
    /// A reader does not see one partition for a while.
    LATE_READER,
    /// A result is written again by who knows whom.
    REPEATED_RESULT,
    /// A result of an unknown job, of another spec, of items that the job does not have; or bytes.
    FOREIGN_RESULT,
    /// An item fails each time.
    BAD_ITEM,
    /// A task fails once.
    PASSING_FAILURE,
    /// An item kills the worker that computes it.
    DEADLY_ITEM,
    /// A task takes long enough to be claimed.
    LONG_TASK,
    /// A kernel does not heed its cancellation.
    STUBBORN_KERNEL,
    CANCEL,
    PAUSE,
    PRIORITY,
    /// A spec is sent again.
    SUBMITTED_AGAIN,
    /// Another spec is sent under a known id.
    CLASHING_SPEC,
    DEADLINE,
    COMPACTION,
    /// A job's state is saved in the middle.
    SNAPSHOT,
    /// Counts by key are more than an aggregator holds.
    RUNS
}
