package millrace.proto;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/// The face of a kernel that clients know: a record whose components are the parameters, annotated with [Described] and
/// [Parameter]. The math is a [Kernel], which only workers load.
///
/// Checks across parameters stand in the compact constructor and throw [BadInput]. A description is immutable and may
/// be
/// used by any thread.
public interface Description {
    /// The most items a job may have: the integers that a `double` holds exactly.
    long ITEMS_MAX = 1L << 53;

    /// The number of items, 0 to [#ITEMS_MAX].
    long items();

    /// How partial values become the output.
    Join join();

    /// The usual ending of a file that holds what [#write] writes, with its dot.
    default String fileSuffix() {
        return ".txt";
    }

    /// Whether what [#write] writes is text that a terminal can show.
    default boolean text() {
        return true;
    }

    /// Whether people want the output as a folder of files, see [#writeFolder]; [#write] writes an archive of them.
    default boolean folder() {
        return false;
    }

    /// Writes the output's files, when it is a [#folder].
    ///
    /// @param output the joined value in its canonical bytes
    /// @param done   as for [#write]
    /// @param folder exists and is empty
    default void writeFolder(OutputSource output, Ranges done, Path folder) throws IOException {
        throw new UnsupportedOperationException("the output is no folder: " + folder);
    }

    /// Writes the output for people or other programs: a number as decimal text, a picture as PNG.
    ///
    /// @param output the joined value in its canonical bytes
    /// @param done   the items of the job that are in it; all of `[0, items())` unless the job was asked for a
    ///               part or ended without some
    /// @param out    where to; not closed
    void write(OutputSource output, Ranges done, OutputStream out) throws IOException;
}
