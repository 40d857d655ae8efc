package millrace.worker;

import millrace.proto.ExitCode;
import millrace.proto.Heartbeat;
import millrace.proto.Result;
import millrace.proto.Task;

/// What the [Desk] wants done. Actions are carried out in the order in which they are given; none of them waits.
public sealed interface Action {
    /// Connect a lane to the share group, anew when it is. Answered by [Desk#opened] or [Desk#lost].
    ///
    /// @param lane    from 0; holds no record
    /// @param records that it takes with a poll at most
    record Open(int lane, int records) implements Action {}

    /// Disconnect a lane: what it was told to accept is sent, and the group is left. It holds no record, and gets no
    /// other action.
    record Close(int lane) implements Action {}

    /// Ask the share group for records, which takes what was accepted and rejected along. Answered by
    /// [Desk#delivered], also when there are none, or by [Desk#lost].
    record Poll(int lane) implements Action {}

    /// The record is done with. Given before the lane's next [Poll], and to be sent soon when there is none.
    record Accept(int lane, int partition, long offset) implements Action {}

    /// The record is none of ours.
    record Reject(int lane, int partition, long offset) implements Action {}

    /// Compute a task on a core; there is one free, or the task is urgent. Answered by [Desk#computed].
    ///
    /// @param ticket names the task until it is answered for
    /// @param math   computes it
    record Compute(long ticket, Task task, Ready<?> math) implements Action {}

    /// Let the computation of a task know that it is no longer wanted. It is still answered by [Desk#computed].
    record Cancel(long ticket) implements Action {}

    /// Write a result. Answered by [Desk#published] once all replicas have it, by [Desk#tooLarge] or by
    /// [Desk#unpublished].
    ///
    /// @param partition of `results`
    record Publish(long ticket, int partition, Result result) implements Action {}

    /// Write a heartbeat. Answered by [Desk#beaten] once all replicas have it, or by [Desk#unbeaten]; no other
    /// heartbeat is given before that, so they keep their order.
    record Beat(Heartbeat heartbeat) implements Action {}

    /// Leave, after what was given before. No action follows.
    ///
    /// @param reason one sentence, empty when the worker was asked to stop
    record Exit(ExitCode code, String reason) implements Action {}
}
