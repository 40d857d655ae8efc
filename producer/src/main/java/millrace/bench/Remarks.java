package millrace.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import millrace.client.JobFailed;
import millrace.proto.Ending;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import millrace.proto.Result.FailureKind;
import org.jspecify.annotations.Nullable;

/// What a benchmark tells beside its figures: answers that were wrong, what could not be measured, and what one has to
/// know to read the figures. One thread.
final class Remarks {
    /// A part of a benchmark.
    interface Part {
        void run() throws Exception;
    }

    /// Reasons that lie in the machine and its load.
    private static final Set<ExitCode> OF_THE_MACHINE =
            EnumSet.of(ExitCode.MACHINE, ExitCode.KAFKA, ExitCode.TIMED_OUT);

    private final Consumer<String> say;
    private final List<String> lines = new ArrayList<>();
    private boolean right = true;

    /// @param say takes each at once, for people who wait
    Remarks(Consumer<String> say) {
        this.say = say;
    }

    void add(String line) {
        lines.add(line);
        say.accept(line);
    }

    void notMeasured(String what, String why) {
        add("NOT MEASURED: " + what + ": " + why);
    }

    /// Runs a part whose failure leaves the others as they are. A wrong answer and a job that failed are told and make
    /// this not [#right()]; what took too long, was not to be read or written, or is not on this machine is told.
    ///
    /// @param what it measures
    /// @throws Exception whatever else it throws: a bug, or that it was interrupted
    void attempt(String what, Part part) throws Exception {
        try {
            part.run();
        } catch (WrongAnswer e) {
            wrong(what, e);
        } catch (JobFailed e) {
            var failure = e.ending().failure();
            if (isWrong(e.ending().state(), failure == null ? null : failure.kind())) {
                wrong(what, e);
            } else {
                notMeasured(what, why(e));
            }
        } catch (IOException | TimeoutException | MissingProgram e) {
            notMeasured(what, why(e));
        } catch (Refusal e) {
            if (!OF_THE_MACHINE.contains(e.code())) {
                throw e;
            }
            notMeasured(what, why(e));
        }
    }

    /// Whether a job that ended so, without an output, counts as a wrong answer: not when somebody ended it, nor when
    /// a task was too slow.
    static boolean isWrong(Ending.State state, @Nullable FailureKind kind) {
        return state == Ending.State.FAILED && kind != FailureKind.TIMEOUT;
    }

    private void wrong(String what, Exception e) {
        right = false;
        add("WRONG: " + what + ": " + why(e));
    }

    // Those of java.io are often named by their class alone, as in "NoSuchFileException: x".
    private static String why(Exception e) {
        return e instanceof IOException || e.getMessage() == null ? e.toString() : e.getMessage();
    }

    /// Whether no answer was wrong.
    boolean right() {
        return right;
    }

    /// In the order in which they came.
    List<String> lines() {
        return List.copyOf(lines);
    }
}
