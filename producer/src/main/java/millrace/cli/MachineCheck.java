package millrace.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import millrace.proto.ClusterCheck.Finding;
import millrace.proto.ExitCode;

/// What Millrace needs of the machine that it runs on.
final class MachineCheck {
    private static final int JAVA = 25;
    private static final long MEMORY_MIN = 1L << 30;

    private MachineCheck() {}

    static List<Finding> run(Shell shell) {
        var findings = new ArrayList<Finding>();
        findings.add(Finding.fine("Millrace " + Version.millrace() + ", "
                + Units.plural(Runtime.getRuntime().availableProcessors(), "core", "cores")));
        findings.add(java(Runtime.version()));
        findings.add(memory(EmbeddedFleet.memoryBytes()));
        findings.add(roles());
        findings.add(disk(Folders.cache(shell)));
        return findings;
    }

    static Finding java(Runtime.Version version) {
        var what = "Java " + version;
        return version.feature() == JAVA
                ? Finding.fine(what)
                : Finding.wrong(ExitCode.MACHINE, what, "allowed: " + JAVA, "set JAVA_HOME to a JDK " + JAVA);
    }

    static Finding memory(long bytes) {
        var what = "memory " + Units.bytes(bytes);
        return bytes >= MEMORY_MIN
                ? Finding.fine(what)
                : Finding.wrong(
                        ExitCode.MACHINE,
                        what,
                        "an embedded fleet needs " + Units.bytes(MEMORY_MIN),
                        "give the machine or container more memory");
    }

    private static Finding roles() {
        var roles = EmbeddedFleet.roles().keySet();
        var what = "roles " + String.join(", ", roles);
        return roles.size() == 3
                ? Finding.fine(what)
                : Finding.wrong(
                        ExitCode.MACHINE,
                        what,
                        "allowed: producer, worker, aggregator",
                        "build again: delete target/lib");
    }

    private static Finding disk(Path folder) {
        var existing = folder;
        while (existing.getParent() != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        try {
            var free = Files.getFileStore(existing).getUsableSpace();
            var what = "disk of " + folder + ", " + Units.bytes(free) + " free";
            return free >= DataFolder.FREE_BYTES_MIN
                    ? Finding.fine(what)
                    : Finding.wrong(
                            ExitCode.MACHINE,
                            what,
                            "an embedded fleet needs " + Units.bytes(DataFolder.FREE_BYTES_MIN),
                            "free some, or use --data with a folder on another disk");
        } catch (IOException e) {
            return Finding.wrong(
                    ExitCode.MACHINE, "disk of " + folder, e.toString(), "set XDG_CACHE_HOME to a folder on a disk");
        }
    }
}
