package millrace.proto;

/// Prepares what [Work#warm] keeps.
///
/// @param <T> an immutable value, for all threads at once. One that is [AutoCloseable] is closed when it is dropped.
@FunctionalInterface
public interface WarmMaker<T> {
    /// @throws Exception when it cannot be prepared; the task counts as failed, the next one tries again
    T make() throws Exception;
}
