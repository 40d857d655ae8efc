package millrace.worker;

import millrace.proto.Result;

/// Told what a worker computes and answers, to be counted. A worker that serves no metrics has [#NONE], so that
/// it loads nothing for them.
///
/// Told by any thread, one at a time.
interface Telemetry extends AutoCloseable {
    /// Counts nothing.
    Telemetry NONE = new Telemetry() {
        @Override
        public void computing(long ticket, Ready<?> math) {}

        @Override
        public void answered(long ticket, Result result) {}

        @Override
        public void written(long ticket) {}

        @Override
        public void close() {}
    };

    /// A kernel starts.
    void computing(long ticket, Ready<?> math);

    /// A task has its answer, which is to be written; the last one counts.
    void answered(long ticket, Result result);

    /// A task's answer is written.
    void written(long ticket);

    @Override
    void close();
}
