package millrace.proto;

import org.apache.kafka.common.config.ConfigDef;

/// A part that a process can play: producer, worker, aggregator. Found by [java.util.ServiceLoader], so that the
/// command
/// line starts roles that it does not depend on, one in a process or several.
public interface Role {
    /// `producer`, `worker` or `aggregator`.
    String name();

    /// Its settings; keys start with its name and a dot. The documentation of each says what it is for, its unit and
    /// when
    /// to touch it.
    ConfigDef settings();

    /// Starts the role: topics and groups are prepared, threads run. Returns once it is started, which may be before it
    /// is
    /// ready.
    ///
    /// @throws Refusal when it cannot start
    Running start(Cluster cluster, Settings settings);

    /// A role at work. Any thread may call these.
    interface Running extends AutoCloseable {
        /// Whether it does its part; else [#trouble] says why not.
        boolean ready();

        /// One sentence on what keeps it from doing its part; empty when nothing does.
        String trouble();

        /// Waits until it has stopped, by [#close] or by itself, and says how the process should exit.
        ExitCode await() throws InterruptedException;

        /// Stops it in good order and waits for that, at most as long as the role's settings say. May be called again.
        @Override
        void close();
    }
}
