package millrace.client;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import millrace.proto.Digests;
import millrace.proto.OutputSource;

/// The canonical bytes of a large output on their way into a hidden file beside where they go. It is named by their
/// digest and left behind when its process ends before its time, so that the next one goes on where the first
/// ended. Locked as long as it is open. One thread.
final class Download implements AutoCloseable {
    /// Opens what is to be read.
    interface Remote {
        /// @param from the first byte that is wanted
        InputStream open(long from) throws IOException;
    }

    private static final int BUFFER = 1 << 17;

    private final Path part;
    private final FileChannel channel;
    private final byte[] digest;
    private final long bytes;

    private Download(Path part, FileChannel channel, byte[] digest, long bytes) {
        this.part = part;
        this.channel = channel;
        this.digest = digest;
        this.bytes = bytes;
    }

    /// @param part   the hidden file; made when it is missing
    /// @param digest SHA-256 of the bytes
    /// @throws IOException when another process or thread has it open, or it cannot be written
    static Download open(Path part, byte[] digest, long bytes) throws IOException {
        var name = makeOrFind(part);
        var channel =
                FileChannel.open(part, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        try {
            // Whoever had it may have given it its last name since: then it is not this one's to write.
            if (channel.tryLock() != null && name.equals(name(part))) {
                return new Download(part, channel, digest, bytes);
            }
        } catch (OverlappingFileLockException | NoSuchFileException e) {
            // another has it, or had it a moment ago
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new IOException(part + " is being written by another command: let it end, or end it");
    }

    private static Object makeOrFind(Path part) throws IOException {
        try {
            Files.createFile(part);
        } catch (FileAlreadyExistsException e) {
            // left by another
        }
        return name(part);
    }

    // What tells a file from one that has its place later.
    private static Object name(Path part) throws IOException {
        var attributes = Files.readAttributes(part, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return attributes.fileKey() == null ? attributes.creationTime() : attributes.fileKey();
    }

    /// Reads what is missing. Returns when all bytes are there and their digest is verified.
    ///
    /// @throws IOException when it cannot be read or written; what came so far is kept, unless it is damaged
    void fetch(Remote remote, Output.Meter meter) throws IOException {
        var kept = channel.size() <= bytes ? channel.size() : 0;
        checkRoom(Files.getFileStore(part).getUsableSpace(), kept);
        var sound = append(kept, remote, meter);
        if (!sound && kept > 0) { // what was there is from something else
            sound = append(0, remote, meter);
        }
        if (!sound) {
            channel.truncate(0);
            throw new IOException(
                    "its bytes have another digest than " + HexFormat.of().formatHex(digest) + ": they are damaged");
        }
    }

    /// @param usable bytes that may be written to the file's disk
    /// @param kept   bytes that are there
    void checkRoom(long usable, long kept) throws IOException {
        if (usable < bytes - kept) {
            throw new IOException("no room: %d bytes are needed in %s, %d are free"
                    .formatted(bytes - kept, part.toAbsolutePath().getParent(), usable));
        }
    }

    private boolean append(long kept, Remote remote, Output.Meter meter) throws IOException {
        channel.truncate(kept);
        channel.position(0);
        var sha = Digests.sha256();
        var buffer = new byte[BUFFER];
        for (var at = 0L; at < kept; ) {
            var n = channel.read(ByteBuffer.wrap(buffer, 0, (int) Math.min(buffer.length, kept - at)));
            sha.update(buffer, 0, n);
            at += n;
        }
        meter.moved(kept, bytes);
        return appendRest(kept, remote, meter, sha, buffer);
    }

    private boolean appendRest(long kept, Remote remote, Output.Meter meter, MessageDigest sha, byte[] buffer)
            throws IOException {
        var at = kept;
        try (var in = remote.open(kept)) {
            for (var n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                sha.update(buffer, 0, n);
                for (var piece = ByteBuffer.wrap(buffer, 0, n); piece.hasRemaining(); ) {
                    channel.write(piece);
                }
                at += n;
                meter.moved(at, bytes);
            }
        }
        return at == bytes && Arrays.equals(sha.digest(), digest);
    }

    /// The bytes, when they are all there.
    OutputSource source() {
        return new OutputSource() {
            @Override
            public InputStream open() {
                return new BufferedInputStream(new Local(), BUFFER);
            }

            @Override
            public long bytes() {
                return bytes;
            }
        };
    }

    // By the channel that has the lock: to close another one of the same file would give the lock back.
    private final class Local extends InputStream {
        private long at;

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            var n = channel.read(ByteBuffer.wrap(into, offset, length), at);
            at += Math.max(0, n);
            return n;
        }
    }

    /// The file becomes what it is for.
    void moveTo(Path file) throws IOException {
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /// Nobody needs it any more.
    void remove() throws IOException {
        Files.deleteIfExists(part);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
