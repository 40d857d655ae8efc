package millrace.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import millrace.client.Output;
import millrace.proto.BadInput;
import millrace.proto.Description;
import millrace.proto.ExitCode;
import millrace.proto.KernelType;
import millrace.proto.Refusal;
import org.jspecify.annotations.Nullable;

/// Where a job's output goes: a file with a sidecar, or standard output.
final class OutputTarget {
    private final Shell shell;
    private final @Nullable Path file;
    private final boolean json;
    private final boolean raw;
    private final boolean quiet;
    private final boolean lasts;
    private final String fleet;

    /// @param file  or null for standard output
    /// @param raw   whether the canonical bytes are wanted, not what people read
    /// @param quiet whether not to tell how far it is
    /// @param lasts whether the fleet is there when this command is not any more
    /// @param fleet its name
    OutputTarget(
            Shell shell, @Nullable Path file, boolean json, boolean raw, boolean quiet, boolean lasts, String fleet) {
        this.fleet = fleet;
        this.quiet = quiet;
        this.lasts = lasts;
        this.shell = shell;
        this.file = file;
        this.json = json;
        this.raw = raw;
    }

    /// Refuses what can be seen to go wrong before anything is computed.
    ///
    /// @throws BadInput when the output cannot be shown where it would go, or the file's folder is missing
    void check(Description description) {
        var kernel = KernelType.of(description).name();
        var example = "-o " + kernel + description.fileSuffix();
        if (file == null && description.folder() && !raw) {
            throw new BadInput("the output of this " + kernel
                    + " job is a folder of files: name one that is new or empty" + " with -o " + kernel + "/");
        }
        var text = description.text() && !raw;
        if (file == null && !text && json) {
            throw new BadInput("the output of " + kernel + " is not text, so it cannot stand in JSON: name a file with "
                    + example);
        }
        if (file == null && !text && shell.outIsTerminal()) {
            throw new BadInput("the output of " + kernel
                    + " is not text, which a terminal cannot show: name a file with " + example);
        }
        checkPlace(description.folder() && !raw);
    }

    /// As [#check], of an output of which nothing more is known.
    void check() {
        checkPlace(false);
    }

    private void checkPlace(boolean toFolder) {
        if (file == null) {
            return;
        }
        var folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new BadInput("-o is '" + file + "', allowed: a file in a folder that exists");
        }
        if (toFolder && !Output.isFree(file)) {
            throw new BadInput("-o is '" + file + "', allowed: a folder that is new or empty, for the output is one");
        }
        if (!toFolder && Files.isDirectory(file)) {
            throw new BadInput("-o is '" + file + "', a folder, allowed: a file");
        }
        if (!toFolder) {
            checkFile(file);
        }
        checkFile(Sidecar.beside(file));
    }

    private void checkFile(Path at) {
        try {
            var folder = Output.fileAt(at).toAbsolutePath().getParent();
            if (folder == null || !Files.isWritable(folder)) {
                throw new BadInput("-o is '" + file + "', allowed: a file in a folder that you may write to");
            }
        } catch (IOException e) {
            throw new BadInput("-o is '" + file + "', but " + at
                    + " is no regular file, allowed: a new or a regular one; for a pipe or a device leave out -o and"
                    + " redirect standard output");
        }
    }

    /// Writes the output; in JSON, the report with it.
    ///
    /// @throws Refusal when it cannot be written ([ExitCode#MACHINE])
    void write(Output output, Report report) {
        var target = file;
        try {
            if (target != null) {
                save(output, target);
                Sidecar.write(target, report, JobReport.of(output.ending(), report.cores()));
                if (json) {
                    shell.out().println(report.json(target.toString()));
                }
            } else if (json) {
                shell.out().println(report.json(output.text()));
            } else {
                write(output, shell.out());
            }
            // A print stream keeps its troubles to itself: a full disk behind it, or a pipe that nobody reads
            // any more.
            if (shell.out().checkError()) {
                throw new IOException("standard output cannot be written");
            }
        } catch (IOException e) {
            throw new Refusal(
                    ExitCode.MACHINE,
                    "cannot write the output of job " + report.spec().job() + (target == null ? "" : " to " + target)
                            + ": " + e.getMessage() + kept(report.spec().job()),
                    e);
        }
    }

    private void save(Output output, Path target) throws IOException {
        var large = lasts && output.canonical().bytes() >= Output.RESUMED_MIN;
        try (var view = new ProgressView(shell, quiet, System.nanoTime());
                var _ = new OnInterrupt(() -> {
                    view.clear();
                    if (large) { // else it begins anew, if it can
                        shell.say("interrupted; what has come is kept, and the rest comes with: "
                                + again(output.ending().job()));
                    }
                })) {
            output.save(target, raw, new TransferBar(view, System::nanoTime));
        }
    }

    /// What becomes of an output that could not be written.
    String kept(String job) {
        return lasts ? "; it is kept: " + again(job) : "; it is gone with the fleet that was started for it";
    }

    private String again(String job) {
        return "millrace output " + job + ClusterOptions.flag(fleet) + (raw ? " --raw" : "")
                + (file == null ? "" : " -o " + file);
    }

    private void write(Output output, OutputStream out) throws IOException {
        if (raw) {
            try (var bytes = output.canonical().open()) {
                bytes.transferTo(out);
            }
        } else {
            output.writeTo(out);
        }
    }
}
