package millrace.worker;

/// How the process is, for people.
///
/// @param atMillis      now, its clock
/// @param heapUsedBytes used heap
/// @param heapMaxBytes  the heap's limit
/// @param residentBytes resident memory; 0 when not known
public record Vitals(long atMillis, long heapUsedBytes, long heapMaxBytes, long residentBytes) {
    /// What of a heap is used. Both sizes are looked at one after the other: one that grows in between would be used by
    /// less than nothing.
    static long used(long heapBytes, long freeBytes) {
        return Math.max(0, heapBytes - freeBytes);
    }
}
