package millrace.producer;

import millrace.proto.Task;

/// What the feeder asks of the edge that speaks Kafka.
public sealed interface Action {
    /// Send the task to this partition of `tasks`. The answer is [Feeder#sent] or [Feeder#unsent] with this id.
    ///
    /// @param id        counts emissions, from 1
    /// @param partition of `tasks`
    record Emit(long id, Task task, int partition) implements Action {}

    /// Read the end offset of this partition of `results`, from now on. The answer is [Feeder#resultsEnd] with
    /// this number; without one within 2 s it is asked again, under another number.
    ///
    /// @param ask       counts questions, from 1
    /// @param partition of `results`
    record AskResultsEnd(long ask, int partition) implements Action {}
}
