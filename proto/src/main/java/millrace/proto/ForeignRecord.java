package millrace.proto;

/// A record that is none of ours, or is broken: it changes no state, is counted by its reason, and does not stop its
/// partition.
public final class ForeignRecord extends Exception {
    private static final long serialVersionUID = 1L;

    /// Why a record is refused.
    public enum Reason {
        /// It has no value where one is needed.
        EMPTY,
        /// It is larger than any record of ours.
        TOO_LARGE,
        /// It is not a sealed record.
        NOT_SEALED,
        /// It is of a version that this release does not read.
        VERSION,
        /// Its seal is of another topic, fleet or key, or its bytes have changed.
        SEAL,
        /// Its body is not the message that the topic carries, or a number in it is out of range.
        BODY,
        /// Its key is not the one that its body asks for.
        KEY,
        /// It is of a job that nobody has submitted, or of another spec, or outside the job's items.
        JOB
    }

    private final Reason reason;

    public ForeignRecord(Reason reason, String detail) {
        super(reason + ": " + Text.line(detail, 300), null, false, false);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
