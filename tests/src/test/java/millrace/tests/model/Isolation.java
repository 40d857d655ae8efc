package millrace.tests.model;

/// A reader's `isolation.level`.
public enum Isolation {
    /// Sees every record up to the end, also of open and aborted transactions.
    READ_UNCOMMITTED,
    /// Sees records up to the last stable offset, without those of aborted transactions.
    READ_COMMITTED
}
