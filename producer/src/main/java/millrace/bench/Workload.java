package millrace.bench;

import java.io.IOException;
import java.util.List;
import millrace.client.Output;
import millrace.proto.Description;

/// One of the published workloads that fleets of processes are compared by.
interface Workload {
    /// A job of it.
    ///
    /// @param name   for people
    /// @param target for the JVM's seconds over the fleet's; 0 for none
    record Variant(String name, Description job, double target) {}

    /// Of the benchmark.
    String name();

    /// One line for people.
    String summary();

    /// The job as published, whose work grows with the cores.
    Description weak(Inputs inputs, int cores) throws IOException;

    /// Others to measure beside it, the one that matters most first: one of fixed work among them.
    ///
    /// @param weak  the published job
    /// @param times how much more work than the published job has, so that it takes about as long as is asked for;
    ///              at least 1
    List<Variant> others(Inputs inputs, Description weak, int cores, double times) throws IOException;

    /// Whether the outputs of all [#others] are the same, bit for bit.
    default boolean othersAgree() {
        return false;
    }

    /// The job whose answer is known; the published one where its answer is known for any number of cores.
    default Description checked(Description weak) {
        return weak;
    }

    /// Holds the output of the job whose answer is known against what another program has computed.
    ///
    /// @throws WrongAnswer when it is something else
    void check(Output output) throws IOException, WrongAnswer;
}
