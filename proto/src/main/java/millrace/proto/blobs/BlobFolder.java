package millrace.proto.blobs;

import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import millrace.proto.BadInput;
import millrace.proto.Blob;
import millrace.proto.BlobMissing;
import millrace.proto.CancelledException;
import millrace.proto.Digests;
import millrace.proto.Settings;
import millrace.proto.Text;
import org.apache.kafka.common.config.ConfigDef;

/// The blobs that clients put, in a folder that all machines of a fleet share instead of on the topic `blobs`: for
/// blobs that would be too much for the brokers' disks. Any thread, any number of processes.
///
/// Each fleet has a folder of its own in it, and each blob a file there, named by its digest. A file gets that name
/// when all of it is on the disk, so who finds it finds all of it; whoever reads it to its end has verified its
/// digest. A file's time says when its blob was put or asked for last. What no open job needs any more is first set
/// aside, and removed at the next look, as on the topic; until then it is still found.
public final class BlobFolder {
    private static final String SCHEME = "file:";
    private static final String ASIDE = ".unused";
    private static final Pattern NAME = Pattern.compile("([0-9a-f]{64})(|\\.unused|\\.[0-9a-f]{16}\\.part)");
    private static final int PIECE = 1 << 20;

    private final Path folder;

    private BlobFolder(Path folder) {
        this.folder = folder;
    }

    /// Adds the setting `ROLE.blob-store`.
    public static ConfigDef define(ConfigDef settings, String role) {
        return settings.define(
                key(role),
                ConfigDef.Type.STRING,
                "",
                ConfigDef.LambdaValidator.with((_, _) -> {}, () -> "file:/FOLDER"),
                ConfigDef.Importance.LOW,
                "Where the files that jobs name are kept: file: and the absolute path of a folder that all machines"
                        + " share. Empty: on the topic blobs. Set it for workers and producers alike, and for clients"
                        + " by --blob-store, when files are too large or too many for the brokers' disks.");
    }

    /// The folder that a role's setting names; empty when it names none.
    ///
    /// @param writes whether the role puts or removes blobs
    /// @throws BadInput when it cannot be used
    public static Optional<BlobFolder> of(Settings settings, String role, String fleet, boolean writes) {
        var text = settings.getString(key(role));
        return text.isEmpty() ? Optional.empty() : Optional.of(open(key(role), text, fleet, writes));
    }

    private static String key(String role) {
        return role + ".blob-store";
    }

    /// @param option what the text was given as, for messages
    /// @param text   `file:` and the absolute path of a folder that is there
    /// @param writes whether blobs are to be put or removed
    /// @throws BadInput when the folder cannot be used
    public static BlobFolder open(String option, String text, String fleet, boolean writes) {
        var shared = path(option, text);
        var what = option + " is '" + Text.line(text, 200) + "', allowed: a folder that ";
        if (!Files.isDirectory(shared)) {
            throw new BadInput(what + "is there" + (Files.exists(shared) ? ", this is none" : ""));
        }
        if (!Files.isReadable(shared) || !Files.isExecutable(shared)) {
            throw new BadInput(what + "can be read by this user");
        }
        var folder = shared.resolve(fleet);
        if (writes) {
            try {
                Files.createDirectories(folder);
            } catch (IOException e) {
                throw new BadInput(what + "can be written to by this user (" + e + ")");
            }
            if (!Files.isWritable(folder)) {
                throw new BadInput(what + "can be written to by this user, in " + folder);
            }
        }
        return new BlobFolder(folder);
    }

    private static Path path(String option, String text) {
        var path = text.startsWith(SCHEME) ? text.substring(SCHEME.length()) : "";
        path = path.startsWith("///") ? path.substring(2) : path;
        try {
            // file://HOST/FOLDER is of another machine
            if (!path.startsWith("//") && Path.of(path).isAbsolute()) {
                return Path.of(path).normalize();
            }
        } catch (InvalidPathException e) {
            // told below
        }
        throw new BadInput(option + " is '" + Text.line(text, 200)
                + "', allowed: file: and the absolute path of a folder, such as file:/mnt/blobs");
    }

    /// Puts a blob unless it is there, whole. Returns once it is durable.
    ///
    /// @param meter told how far it is; not at all when the blob is there
    /// @throws IOException when the content cannot be read, is not what the blob says, or cannot be written
    public void put(Blob blob, BlobTopic.Content content, BlobTopic.Meter meter) throws IOException {
        var file = folder.resolve(blob.hex());
        if (isWhole(blob, file)) {
            touch(file, System.currentTimeMillis());
            return;
        }
        var part = folder.resolve("%s.%016x.part"
                .formatted(blob.hex(), ThreadLocalRandom.current().nextLong()));
        try {
            write(blob, content, part, meter);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            // The name is durable only when the folder is.
            try (var names = FileChannel.open(folder, StandardOpenOption.READ)) {
                names.force(true);
            }
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static void write(Blob blob, BlobTopic.Content content, Path part, BlobTopic.Meter meter)
            throws IOException {
        var digest = Digests.sha256();
        var bytes = 0L;
        try (var in = content.open();
                var out = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (var piece = in.readNBytes(PIECE); piece.length > 0; piece = in.readNBytes(PIECE)) {
                digest.update(piece);
                bytes += piece.length;
                if (bytes > blob.bytes()) {
                    break; // it grows while it is read
                }
                for (var left = ByteBuffer.wrap(piece); left.hasRemaining(); ) {
                    out.write(left);
                }
                meter.moved(bytes, blob.bytes());
            }
            out.force(true);
        }
        if (!isDigestOf(blob, digest)) {
            throw new IOException("what was put is not blob " + blob.hex() + " (" + blob.bytes()
                    + " bytes): it has changed since its digest was taken");
        }
    }

    // A file that a disk has spoilt since is put anew.
    private static boolean isWhole(Blob blob, Path file) throws IOException {
        try {
            return Files.size(file) == blob.bytes() && Blob.of(file).equals(blob);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static boolean isDigestOf(Blob blob, MessageDigest digest) {
        return UnsafeByteOperations.unsafeWrap(digest.digest()).equals(blob.digest());
    }

    private static void touch(Path file, long millis) throws IOException {
        Files.setLastModifiedTime(file, FileTime.fromMillis(millis));
    }

    /// Whether there is a file for the blob, whatever is in it.
    public boolean has(Blob blob) {
        return place(blob).isPresent();
    }

    private Optional<Path> place(Blob blob) {
        return List.of(folder.resolve(blob.hex()), folder.resolve(blob.hex() + ASIDE)).stream()
                .filter(Files::exists)
                .findFirst();
    }

    /// Reads a blob; at its end its digest has been verified.
    ///
    /// @param cancelled asked with every mebibyte
    /// @throws BlobMissing when it is not there, cannot be read, or is not the blob; what the sink has got is then
    ///                     of no use
    /// @throws CancelledException when `cancelled` says so
    /// @throws IOException when the sink fails
    public void read(Blob blob, BlobTopic.Sink sink, BooleanSupplier cancelled)
            throws BlobMissing, CancelledException, IOException {
        var file = place(blob).orElseThrow(() -> new BlobMissing(blob, "it is not in " + folder + ": put it again"));
        var digest = Digests.sha256();
        var bytes = 0L;
        try (var in = begin(blob, file)) {
            for (var piece = piece(blob, in); piece.length > 0; piece = piece(blob, in)) {
                if (cancelled.getAsBoolean()) {
                    throw new CancelledException();
                }
                digest.update(piece);
                bytes += piece.length;
                sink.accept(piece);
            }
        }
        if (bytes != blob.bytes() || !isDigestOf(blob, digest)) {
            throw new BlobMissing(blob, file + " is broken: it has another digest");
        }
    }

    private static FileChannel begin(Blob blob, Path file) throws BlobMissing {
        try {
            var bytes = Files.size(file);
            if (bytes != blob.bytes()) {
                throw new BlobMissing(blob, "%s has %d bytes".formatted(file, bytes));
            }
            return FileChannel.open(file, StandardOpenOption.READ);
        } catch (IOException e) {
            throw new BlobMissing(blob, "it cannot be read now: " + e);
        }
    }

    private static byte[] piece(Blob blob, FileChannel in) throws BlobMissing {
        var piece = ByteBuffer.allocate(PIECE);
        try {
            while (piece.hasRemaining() && in.read(piece) >= 0) {
                // a network's file system may give less than it is asked for
            }
        } catch (IOException e) {
            throw new BlobMissing(blob, "it cannot be read now: " + e);
        }
        return Arrays.copyOf(piece.array(), piece.position());
    }

    /// Removes what no open job needs: sets files aside that nobody has put or asked for lately, removes those that
    /// were set aside before, unless a job has come to need them meanwhile, and those that nobody has finished.
    ///
    /// @param needed by open jobs
    /// @param now    milliseconds, a clock near the file server's
    /// @return the number of files removed
    /// @throws IOException when the folder cannot be read or changed; what is left comes with the next look
    public int sweep(Set<Blob> needed, long now) throws IOException {
        var names = needed.stream().map(Blob::hex).collect(Collectors.toSet());
        var removed = 0;
        try (var files = Files.list(folder)) {
            for (var file : List.copyOf(files.toList())) {
                removed += sweep(file, names, now) ? 1 : 0;
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return removed;
    }

    private boolean sweep(Path file, Set<String> needed, long now) throws IOException {
        var name = NAME.matcher(String.valueOf(file.getFileName()));
        if (!name.matches()) {
            return false; // none of ours
        }
        var hex = name.group(1);
        var isOld = now - lastModified(file, now) > BlobTopic.KEEP_UNUSED.toMillis();
        return switch (name.group(2)) {
            case "" -> {
                if (isOld && !needed.contains(hex)) {
                    Files.move(file, folder.resolve(hex + ASIDE), StandardCopyOption.ATOMIC_MOVE);
                }
                yield false;
            }
            case ASIDE -> {
                var whole = folder.resolve(hex);
                if (needed.contains(hex) && !Files.exists(whole)) {
                    Files.move(file, whole, StandardCopyOption.ATOMIC_MOVE);
                    yield false;
                }
                yield Files.deleteIfExists(file);
            }
            default -> isOld && Files.deleteIfExists(file);
        };
    }

    private static long lastModified(Path file, long now) throws IOException {
        try {
            return Files.getLastModifiedTime(file).toMillis();
        } catch (NoSuchFileException e) {
            return now; // it was finished just then
        }
    }

    @Override
    public String toString() {
        return folder.toString();
    }
}
