package millrace.producer;

/// One record on `tasks`: an outstanding range on its way through the workers.
final class Emission {
    /// The offset while the record is being sent.
    static final long SENDING = -1;

    /// The partition of a record that is not known: it is finished, and a worker has its task in hand.
    static final int UNKNOWN = -1;

    final Outstanding of;
    final int number;
    final int partition;
    final long at;
    long offset;

    /// @param number    its emission number
    /// @param partition of `tasks`, or [#UNKNOWN]
    /// @param offset    in the partition, or [#SENDING]
    /// @param at        when it was emitted
    Emission(Outstanding of, int number, int partition, long offset, long at) {
        this.of = of;
        this.number = number;
        this.partition = partition;
        this.offset = offset;
        this.at = at;
    }
}
