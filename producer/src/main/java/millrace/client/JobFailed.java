package millrace.client;

import millrace.proto.Ending;

/// The job ended without an output. Its message is one sentence that says how and why.
public final class JobFailed extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Ending ending;

    JobFailed(Ending ending) {
        super("job " + ending.job() + " ended " + ending.state()
                + (ending.reason().isEmpty() ? "" : ": " + ending.reason()));
        this.ending = ending;
    }

    /// How it ended: FAILED, CANCELLED or EXPIRED, with the failing task when there was one.
    public Ending ending() {
        return ending;
    }
}
