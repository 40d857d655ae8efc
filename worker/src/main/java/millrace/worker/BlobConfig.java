package millrace.worker;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import millrace.proto.BadInput;
import millrace.proto.Settings;
import millrace.proto.blobs.BlobFolder;
import org.apache.kafka.common.config.ConfigDef;

/// Where a worker keeps the blobs that it has fetched.
///
/// @param folder   of all workers of this machine; each makes its own in it
/// @param bytesMax the most bytes that this worker keeps, 1 MiB and up
/// @param shared   the folder where the fleet's blobs are, if they are in one
record BlobConfig(Path folder, long bytesMax, Optional<BlobFolder> shared) {
    static final String FOLDER = "worker.blob-cache";
    static final String BYTES = "worker.blob-cache-bytes";

    private static final long BYTES_MIN = 1 << 20;

    static BlobConfig of(Settings settings, String fleet) {
        var folder = settings.getString(FOLDER);
        try {
            return new BlobConfig(
                    folder.isEmpty()
                            ? Path.of(
                                    System.getProperty("java.io.tmpdir"),
                                    "millrace-blobs-" + System.getProperty("user.name"))
                            : Path.of(folder),
                    settings.getLong(BYTES),
                    BlobFolder.of(settings, "worker", fleet, false));
        } catch (InvalidPathException e) {
            throw new BadInput(FOLDER + " is '" + folder + "', allowed: a folder");
        }
    }

    static ConfigDef define(ConfigDef settings) {
        return BlobFolder.define(settings, "worker")
                .define(
                        FOLDER,
                        ConfigDef.Type.STRING,
                        "",
                        ConfigDef.Importance.MEDIUM,
                        "Folder for blobs that the worker has fetched; empty: one in the system's folder for temporary"
                                + " files. Set it to a disk with room for worker.blob-cache-bytes of each worker.")
                .define(
                        BYTES,
                        ConfigDef.Type.LONG,
                        8L << 30,
                        ConfigDef.Range.atLeast(BYTES_MIN),
                        ConfigDef.Importance.MEDIUM,
                        "Bytes of blobs that the worker keeps on disk, 1048576 and up; what no task uses goes first that"
                                + " is unused longest. Must hold all blobs of the jobs it computes at once.");
    }
}
