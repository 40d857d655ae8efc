package millrace.worker;

/// Who a worker is, in its heartbeats and results.
///
/// @param worker        its id, another one with each start
/// @param host          its host's name
/// @param pid           its process id
/// @param release       its release of Millrace
/// @param startedMillis when it started, its clock
public record Identity(String worker, String host, long pid, String release, long startedMillis) {}
