package millrace.worker;

import millrace.proto.Task;

/// A record as a lane got it from the share group.
public sealed interface Delivery {
    int partition();

    long offset();

    /// A task.
    ///
    /// @param count how often the record has been delivered, from 1
    record Valid(int partition, long offset, int count, Task task) implements Delivery {}

    /// A record that is none of ours, or is broken.
    record Foreign(int partition, long offset) implements Delivery {}
}
