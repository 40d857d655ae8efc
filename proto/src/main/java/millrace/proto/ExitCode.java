package millrace.proto;

/// How a process of Millrace ends; scripts rely on these numbers.
public enum ExitCode {
    SUCCEEDED(0),
    /// The job failed or expired.
    FAILED(1),
    /// Wrong usage, parameters or settings.
    USAGE(2),
    /// The job finished with dead letters.
    PARTIAL(3),
    /// Waiting took longer than asked; the job goes on.
    TIMED_OUT(4),
    /// Kafka cannot be reached or is unfit.
    KAFKA(5),
    NOT_FOUND(6),
    /// This machine: a port, the disk, the JDK.
    MACHINE(7),
    CANCELLED(8),
    /// A worker could not stop a computation and leaves it to its supervisor to start it again.
    STUCK(9),
    /// A bug of ours.
    BUG(70),
    /// Interrupted; on a cluster the job goes on.
    INTERRUPTED(130);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    /// The process's exit status, 0 to 255.
    public int number() {
        return number;
    }
}
