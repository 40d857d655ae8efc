package millrace.bench;

import java.io.IOException;
import java.util.List;
import millrace.proto.Description;

/// The best native program for what a kernel computes, on one core.
interface Rival {
    /// What both compute, for people: the kernel's name first.
    String name();

    /// The program, for people.
    String program();

    /// What its seconds over the kernel's should be at least, above 0.
    double floor();

    /// Makes the inputs, and the program where it has to be made.
    ///
    /// @throws MissingProgram when this machine does not have what it needs
    Match prepare(Inputs inputs, NativePrograms programs) throws IOException, InterruptedException, MissingProgram;

    /// Both sides of a comparison, ready.
    ///
    /// @param job     the kernel's
    /// @param command runs the program once
    /// @param check   holds the answers against each other
    record Match(Description job, List<String> command, Check check) {
        public Match {
            command = List.copyOf(command);
        }
    }

    /// Holds answers against each other.
    interface Check {
        /// @param value  the kernel's, joined
        /// @param answer what the program has printed
        /// @throws WrongAnswer when they differ by more than rounding
        void check(byte[] value, NativeAnswer answer) throws IOException, WrongAnswer;
    }
}
