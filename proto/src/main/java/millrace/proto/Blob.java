package millrace.proto;

import static millrace.proto.Check.require;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// Names bytes that are too big or too shared for a record, by what they are: equal bytes are one blob, whoever
/// put them and wherever they lie. As a component of a [Description] it is a parameter that people give as a
/// file; a kernel reads it by [Work#blob].
///
/// @param digest SHA-256 of the bytes, 32 bytes
/// @param bytes  how many there are, 0 to [#BYTES_MAX]
public record Blob(ByteString digest, long bytes) {
    /// The most bytes of a blob: 4 GiB.
    public static final long BYTES_MAX = 4L << 30;

    /// No bytes. The value of an optional parameter that is not given.
    public static final Blob EMPTY =
            new Blob(ByteString.copyFrom(Digests.sha256().digest()), 0);

    private static final Pattern TEXT = Pattern.compile("sha256:([0-9a-f]{64}):([0-9]{1,10})");
    private static final int BUFFER = 1 << 16;

    public Blob {
        require(digest.size() == 32, "digest of a blob has %d bytes, allowed 32", digest.size());
        require(0 <= bytes && bytes <= BYTES_MAX, "a blob has %d bytes, allowed 0..%d", bytes, BYTES_MAX);
    }

    /// What the file holds now; reads all of it.
    ///
    /// @throws IOException when it cannot be read, or changes meanwhile
    /// @throws BadInput when it is larger than a blob may be
    public static Blob of(Path file) throws IOException {
        var expected = Files.size(file);
        if (expected > BYTES_MAX) {
            throw new BadInput("%s has %d bytes, allowed %d".formatted(file, expected, BYTES_MAX));
        }
        var digest = Digests.sha256();
        var bytes = 0L;
        try (var in = Files.newInputStream(file)) {
            var buffer = new byte[BUFFER];
            for (var n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
                bytes += n;
            }
        }
        if (bytes != expected || Files.size(file) != bytes) {
            throw new IOException(file + " changed while it was read");
        }
        return new Blob(ByteString.copyFrom(digest.digest()), bytes);
    }

    /// What the bytes are.
    public static Blob of(byte[] bytes) {
        var digest = Digests.sha256();
        digest.update(bytes);
        return new Blob(ByteString.copyFrom(digest.digest()), bytes.length);
    }

    /// What the bytes are.
    public static Blob of(ByteString bytes) {
        var digest = Digests.sha256();
        bytes.asReadOnlyByteBufferList().forEach(digest::update);
        return new Blob(ByteString.copyFrom(digest.digest()), bytes.size());
    }

    /// Whether the text is one that [#toString] gives.
    public static boolean isText(String text) {
        var matcher = TEXT.matcher(text);
        return matcher.matches() && Long.parseLong(matcher.group(2)) <= BYTES_MAX;
    }

    /// The blob of a text that [#toString] gave.
    ///
    /// @throws IllegalArgumentException when it is none
    public static Blob parse(String text) {
        var matcher = TEXT.matcher(text);
        require(matcher.matches(), "'%s' is no blob, allowed: sha256:DIGEST:BYTES", Text.line(text, 100));
        return new Blob(
                ByteString.copyFrom(HexFormat.of().parseHex(matcher.group(1))), Long.parseLong(matcher.group(2)));
    }

    /// The digest in 64 hexadecimal digits.
    public String hex() {
        return HexFormat.of().formatHex(digest.toByteArray());
    }

    public boolean isEmpty() {
        return bytes == 0;
    }

    /// The blob's one text: `sha256:DIGEST:BYTES`.
    @Override
    public String toString() {
        return "sha256:" + hex() + ":" + bytes;
    }
}
