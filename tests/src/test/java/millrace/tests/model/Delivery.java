package millrace.tests.model;

/// A record that a share group's member was given.
///
/// @param partition the partition it lies in
/// @param entry     the record
/// @param count     the delivery count, 1 the first time
public record Delivery(int partition, Entry entry, int count) {
    public long offset() {
        return entry.offset();
    }
}
