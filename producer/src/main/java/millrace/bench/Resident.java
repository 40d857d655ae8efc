package millrace.bench;

import java.io.IOException;
import java.util.Optional;

/// A process's resident memory, in bytes.
///
/// @param peak  the most since it started
/// @param now   what there is at the moment
/// @param files what of that are pages of files, which processes of the same files share: the JVM itself, jars, the
///              archive of loaded classes
record Resident(long peak, long now, long files) {
    /// Reads what Linux says of a process.
    ///
    /// @param status the text of `/proc/PID/status`
    /// @throws IOException when it says nothing of memory, as of a process that has ended
    static Resident of(String status) throws IOException {
        return new Resident(bytes(status, "VmHWM"), bytes(status, "VmRSS"), bytes(status, "RssFile"));
    }

    private static long bytes(String status, String name) throws IOException {
        Optional<String> found =
                status.lines().filter(line -> line.startsWith(name + ":")).findFirst();
        var line = found.orElseThrow(() -> new IOException("a process's status has no " + name));
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
    }

    /// The process's own: what no file backs.
    long own() {
        return now - files;
    }
}
