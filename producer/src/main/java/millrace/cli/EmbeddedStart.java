package millrace.cli;

import millrace.proto.Refusal;
import org.jspecify.annotations.Nullable;

/// An embedded fleet for one command, whose process ends with it: taken down when the command ends or the
/// process is told to.
final class EmbeddedStart implements AutoCloseable {
    private final ProgressView view;
    private final OnInterrupt interrupt;
    private volatile @Nullable EmbeddedFleet fleet;

    /// @param afterwards is run when an interrupt has taken the fleet down
    EmbeddedStart(Shell shell, ProgressView view, Runnable afterwards) {
        this.view = view;
        interrupt = new OnInterrupt(() -> {
            view.clear();
            shell.say("interrupted; the fleet is taken down");
            takeDown();
            afterwards.run();
        });
    }

    /// @throws Refusal when it cannot be started; nothing is left behind
    EmbeddedFleet start(EmbeddedFleet.Plan plan) {
        // Known before it starts anything, so that an interrupt in between takes it down too.
        var starting = EmbeddedFleet.of(plan, view::note);
        fleet = starting;
        starting.begin();
        return starting;
    }

    private void takeDown() {
        var running = fleet;
        if (running != null) {
            running.abandon();
        }
    }

    @Override
    public void close() {
        takeDown();
        interrupt.close();
    }
}
