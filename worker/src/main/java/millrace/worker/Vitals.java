package millrace.worker;

/// How the process is, for people.
///
/// @param atMillis      now, its clock
/// @param heapUsedBytes used heap
/// @param heapMaxBytes  the heap's limit
/// @param residentBytes resident memory; 0 when not known
public record Vitals(long atMillis, long heapUsedBytes, long heapMaxBytes, long residentBytes) {}
