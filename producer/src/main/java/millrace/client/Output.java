package millrace.client;

import com.google.protobuf.ByteString;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import millrace.proto.BadInput;
import millrace.proto.Channel;
import millrace.proto.Description;
import millrace.proto.Ending;
import millrace.proto.OutputPiece;
import millrace.proto.OutputSource;
import millrace.proto.blobs.BlobTopic;

/// A job's output. Small ones (up to 8 MiB) are in memory, larger ones are read from Kafka whenever they are
/// needed, so their [Millrace] must be open. Wherever bytes are read to their end, their digest has been
/// verified.
public final class Output {
    private static final long IN_MEMORY_MAX = 8 << 20;

    /// From this size on saving an output can be cut short and gone on with: 64 MiB.
    public static final long RESUMED_MIN = 64 << 20;

    /// Told how many bytes of how many have been read.
    @FunctionalInterface
    public interface Meter {
        void moved(long bytes, long of);
    }

    private final Ending ending;
    private final Optional<Description> description;
    private final OutputSource source;
    private final Download.Remote remote;

    private Output(Ending ending, Optional<Description> description, OutputSource source, Download.Remote remote) {
        this.ending = ending;
        this.description = description;
        this.source = source;
        this.remote = remote;
    }

    static Output of(
            Reader reader,
            Channel<OutputPiece> channel,
            BlobTopic blobs,
            Ending ending,
            Optional<Description> description)
            throws IOException {
        var place = ending.output();
        if (place == null) {
            throw new IOException("job " + ending.job() + " ended " + ending.state() + " without an output");
        }
        Download.Remote remote = from -> {
            if (!place.inline().isEmpty()) {
                var inline = place.inline().newInput();
                inline.skipNBytes(from);
                return inline;
            }
            var pieces = new PieceStream(reader, channel, ending, place);
            if (place.parts()) {
                var parts = new PartStream(pieces, blobs);
                parts.begin(from);
                return parts;
            }
            pieces.skipNBytes(from);
            return pieces;
        };
        OutputSource source = new OutputSource() {
            @Override
            public InputStream open() throws IOException {
                return new VerifiedStream(remote.open(0), ending);
            }

            @Override
            public long bytes() {
                return place.bytes();
            }
        };
        return new Output(
                ending,
                description,
                place.bytes() <= IN_MEMORY_MAX ? OutputSource.of(source.readAll()) : source,
                remote);
    }

    /// How the job ended, with what it cost.
    public Ending ending() {
        return ending;
    }

    /// Whether no item is missing because it failed.
    public boolean complete() {
        return ending.state() == Ending.State.SUCCEEDED;
    }

    /// SHA-256 of the canonical bytes, in hexadecimal: the same for the same job on any fleet.
    public String digest() {
        return digest(ending.outputDigest());
    }

    static String digest(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }

    /// The joined value in the encoding of the job's join: canonical, so equal values have equal bytes.
    public OutputSource canonical() {
        return source;
    }

    /// What [#writeTo] writes, as text: for outputs that are text and fit into memory.
    public String text() throws IOException {
        var bytes = new ByteArrayOutputStream();
        writeTo(bytes);
        return bytes.toString(StandardCharsets.UTF_8).strip();
    }

    /// Writes the output as its kernel's description does: a number as decimal text, a picture as PNG.
    ///
    /// @param out where to; flushed, not closed
    /// @throws BadInput when the kernel is not on this class path in the job's version
    public void writeTo(OutputStream out) throws IOException {
        writeTo(source, out);
    }

    private void writeTo(OutputSource from, OutputStream out) throws IOException {
        var buffered = new BufferedOutputStream(out, 1 << 16);
        description().write(from, ending.done(), buffered);
        buffered.flush();
    }

    /// Writes the output to a file, or to a new folder where it is one ([Description#folder]); either appears whole or
    /// not at all.
    ///
    /// @param place a file, or a folder that [#isFree]
    /// @throws IOException when it cannot be written, or something is there that cannot be replaced,
    ///     see [#fileAt]; what was there before is then as it was
    public void save(Path place) throws IOException {
        save(place, false, (_, _) -> {});
    }

    /// As [#save(Path)], also in canonical bytes, and telling how far it is.
    ///
    /// The bytes of an output of more than [#RESUMED_MIN] are first brought into a hidden file beside the place,
    /// `.NAME.DIGEST.part`. When that is cut short, the file stays, and saving the same output to the same place
    /// again goes on where it ended. For canonical bytes that file becomes the place; for other forms the disk has
    /// to take both for a while.
    ///
    /// @param raw whether the canonical bytes are wanted as they are
    /// @throws IOException when it cannot be written, there is no room for it, or another process saves the same
    ///     output to the same place; what was there before is then as it was
    public void save(Path place, boolean raw, Meter meter) throws IOException {
        var toFolder = !raw && description.isPresent() && description.get().folder();
        saveAt(toFolder ? place : fileAt(place), raw, meter);
    }

    private void saveAt(Path place, boolean raw, Meter meter) throws IOException {
        if (source.bytes() < RESUMED_MIN) {
            save(place, raw, new MeteredSource(source, meter));
            return;
        }
        if (!raw) {
            description(); // before gigabytes are read
        }
        var digest = ending.outputDigest().toByteArray();
        var part = folder(place).resolve("." + place.getFileName() + "." + digest().substring(0, 16) + ".part");
        try (var download = Download.open(part, digest, source.bytes())) {
            download.fetch(remote, meter);
            if (raw) {
                download.moveTo(place);
            } else {
                save(place, false, download.source());
                download.remove();
            }
        }
    }

    private void save(Path place, boolean raw, OutputSource from) throws IOException {
        if (raw) {
            save(place, out -> {
                try (var in = from.open()) {
                    in.transferTo(out);
                }
            });
        } else if (description.isPresent() && description.get().folder()) {
            saveFolder(place, folder -> description.get().writeFolder(from, ending.done(), folder));
        } else {
            save(place, out -> writeTo(from, out));
        }
    }

    /// The file that is written where a file is saved to this name: symbolic links are followed.
    ///
    /// @throws IOException when something is there that is no regular file, and would be lost: a pipe,
    ///     a device, a link that leads nowhere
    public static Path fileAt(Path name) throws IOException {
        if (Files.isRegularFile(name)) {
            return name.toRealPath();
        }
        if (Files.exists(name) || Files.isSymbolicLink(name)) {
            throw new FileSystemException(
                    name.toString(),
                    null,
                    "neither new nor a regular file; into a pipe or a device redirect standard output");
        }
        return name;
    }

    /// Whether a folder can be made there: nothing is there, or an empty folder.
    public static boolean isFree(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Files.notExists(folder);
        }
        try (var list = Files.list(folder)) {
            return list.findAny().isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    private interface Filling {
        void of(Path folder) throws IOException;
    }

    private static void saveFolder(Path place, Filling filling) throws IOException {
        if (!isFree(place)) {
            throw new FileAlreadyExistsException(place.toString(), null, "allowed: a folder that is new or empty");
        }
        var part = Files.createDirectory(part(place));
        try {
            filling.of(part);
            Files.move(part, place, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            remove(part);
        }
    }

    private static void remove(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (var list = Files.list(folder)) {
                for (var file : list.toList()) {
                    Files.deleteIfExists(file);
                }
            }
            Files.deleteIfExists(folder);
        }
    }

    private static Path part(Path place) throws IOException {
        return folder(place).resolve("." + place.getFileName() + "." + UUID.randomUUID() + ".part");
    }

    private static Path folder(Path place) throws IOException {
        var folder = place.toAbsolutePath().normalize().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new NoSuchFileException(place.toString(), null, "its folder does not exist");
        }
        return folder;
    }

    /// Writes the bytes of a file.
    public interface Writing {
        void to(OutputStream out) throws IOException;
    }

    /// Writes a file, which appears whole or not at all.
    ///
    /// @param name of the file, or of a symbolic link to it
    /// @throws IOException when it cannot be written, or something else is there, see [#fileAt];
    ///     what was there before is then as it was
    public static void save(Path name, Writing writing) throws IOException {
        var file = fileAt(name);
        var part = part(file);
        try {
            try (var out = Files.newOutputStream(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                writing.to(out);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private Description description() {
        var computation = ending.spec().computation();
        return description.orElseThrow(() -> new BadInput("kernel " + computation.kernel() + "@" + computation.version()
                + " is not on this class path, so only the canonical bytes of its output can be had"));
    }
}
