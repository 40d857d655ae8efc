package millrace.tests.chaos;

/// One thing that goes wrong. What it does to a process or the wire is undone after a while.
sealed interface Fault {
    /// How long until it is undone, milliseconds.
    long millis();

    /// A process of the fleet is gone at once, and started again.
    record Kill(Post post, long millis) implements Fault {}

    /// A process is asked to leave, and started again when it has.
    record Terminate(Post post, long millis) implements Fault {}

    /// A process does not run for a while, and does not know.
    record Freeze(Post post, long millis) implements Fault {}

    /// The broker is gone at once, and started again on what it left.
    record KillBroker(long millis) implements Fault {}

    /// The broker does not run for a while, and does not know.
    record FreezeBroker(long millis) implements Fault {}

    /// Everything said to the broker and by it comes later.
    record Delay(long byMillis, long millis) implements Fault {}

    /// A share of the connections stands still.
    ///
    /// @param cut whether they break in the end, and what was said is lost
    record Hold(Proxy.Held what, double share, boolean cut, long millis) implements Fault {}

    /// A share of the connections breaks.
    record Cut(double share, long millis) implements Fault {}
}
