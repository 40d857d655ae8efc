package millrace.tests.model;

/// How a consumer acknowledges a record.
public enum Ack {
    /// Done; never again.
    ACCEPT,
    /// Not done; available again at once, to anybody.
    RELEASE,
    /// Never again.
    REJECT,
    /// Still working on it: the lock starts anew.
    RENEW
}
