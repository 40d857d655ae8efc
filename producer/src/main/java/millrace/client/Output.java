package millrace.client;

import com.google.protobuf.ByteString;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
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

    private final Ending ending;
    private final Optional<Description> description;
    private final OutputSource source;

    private Output(Ending ending, Optional<Description> description, OutputSource source) {
        this.ending = ending;
        this.description = description;
        this.source = source;
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
        OutputSource source = new OutputSource() {
            @Override
            public InputStream open() {
                var pieces = new PieceStream(reader, channel, ending, place);
                return new VerifiedStream(place.parts() ? new PartStream(pieces, blobs) : pieces, ending);
            }

            @Override
            public long bytes() {
                return place.bytes();
            }
        };
        return new Output(
                ending, description, place.bytes() <= IN_MEMORY_MAX ? OutputSource.of(source.readAll()) : source);
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
        var buffered = new BufferedOutputStream(out, 1 << 16);
        description().write(source, ending.done(), buffered);
        buffered.flush();
    }

    /// Writes the output to a file, or to a new folder where it is one ([Description#folder]); either appears whole or
    /// not at all.
    ///
    /// @param place a file, or a folder that [#isFree]
    /// @throws IOException when it cannot be written; what was there before is then as it was
    public void save(Path place) throws IOException {
        if (description.isPresent() && description.get().folder()) {
            saveFolder(place, folder -> description.get().writeFolder(source, ending.done(), folder));
        } else {
            save(place, this::writeTo);
        }
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
        var folder = place.toAbsolutePath().normalize().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new NoSuchFileException(place.toString(), null, "its folder does not exist");
        }
        return folder.resolve("." + place.getFileName() + "." + UUID.randomUUID() + ".part");
    }

    /// Writes the bytes of a file.
    public interface Writing {
        void to(OutputStream out) throws IOException;
    }

    /// Writes a file, which appears whole or not at all.
    ///
    /// @throws IOException when it cannot be written; a file that was there before is then as it was
    public static void save(Path file, Writing writing) throws IOException {
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
