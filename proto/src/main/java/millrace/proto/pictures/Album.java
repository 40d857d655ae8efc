package millrace.proto.pictures;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import millrace.proto.BadInput;

/// Pictures in one file, as a blob of a job: the pixels of each, row by row, then what each picture is, then where
/// that begins, in big-endian numbers. [AlbumMaker] makes it. The pixels are read where they lie. Any thread.
public final class Album {
    /// What a file ends with.
    static final long MAGIC = 0x6d696c6c616c6231L; // "millalb1"

    /// The bytes behind what the pictures are: where that begins, how many pictures there are, and the magic number.
    static final int TAIL_BYTES = Long.BYTES + Integer.BYTES + Long.BYTES;

    /// The most pictures of an album.
    static final int PICTURES_MAX = 1_000_000;

    /// The most bytes of what the pictures are.
    private static final long INDEX_BYTES_MAX = 256 << 20;

    /// One picture of an album.
    ///
    /// @param shape  its name and size
    /// @param offset where its pixels begin in the file
    /// @param strip  the number of its first strip among those of all pictures
    public record Picture(Shape shape, long offset, long strip) {}

    private final MemorySegment bytes;
    private final List<Picture> pictures;
    private final long strips;

    /// The album of a whole file.
    ///
    /// @param bytes all bytes of the file
    /// @throws BadInput when they are no album
    public Album(MemorySegment bytes) {
        this.bytes = bytes;
        var index = index(bytes);
        var read = new ArrayList<Picture>();
        var strip = 0L;
        var end = 0L;
        try (var in = new DataInputStream(new ByteArrayInputStream(index.bytes.toArray(ValueLayout.JAVA_BYTE)))) {
            for (var i = 0; i < index.count; i++) {
                var shape = Shape.read(in);
                read.add(new Picture(shape, end, strip));
                strip += shape.strips();
                end += shape.bytes();
            }
        } catch (IOException | IllegalArgumentException e) {
            throw broken();
        }
        if (end != index.at) {
            throw broken();
        }
        pictures = List.copyOf(read);
        strips = strip;
    }

    private record Index(long at, int count, MemorySegment bytes) {}

    private static Index index(MemorySegment bytes) {
        if (bytes.byteSize() < TAIL_BYTES) {
            throw broken();
        }
        var tail = bytes.asSlice(bytes.byteSize() - TAIL_BYTES).toArray(ValueLayout.JAVA_BYTE);
        try (var in = new DataInputStream(new ByteArrayInputStream(tail))) {
            var at = in.readLong();
            var count = in.readInt();
            var length = bytes.byteSize() - TAIL_BYTES - at;
            if (in.readLong() != MAGIC
                    || at < 0
                    || length < 0
                    || length > INDEX_BYTES_MAX
                    || count < 0
                    || count > PICTURES_MAX) {
                throw broken();
            }
            return new Index(at, count, bytes.asSlice(at, length));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // not from memory
        }
    }

    private static BadInput broken() {
        return new BadInput("the blob of the pictures is no album, or a broken one");
    }

    /// The number of strips of the album in a file.
    ///
    /// @throws BadInput when it is none
    public static long strips(Path file) throws IOException {
        try (var arena = Arena.ofConfined();
                var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new Album(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena)).strips();
        }
    }

    public List<Picture> pictures() {
        return pictures;
    }

    /// The strips of all pictures, numbered picture by picture and from the top of each.
    public long strips() {
        return strips;
    }

    /// The picture that a strip belongs to.
    ///
    /// @param strip from 0, below [#strips]
    public Picture pictureOf(long strip) {
        var low = 0;
        var high = pictures.size() - 1;
        while (low < high) {
            var middle = (low + high + 1) >>> 1;
            if (pictures.get(middle).strip <= strip) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return pictures.get(low);
    }

    /// Copies a row's pixels, each the bytes of its channels.
    ///
    /// @param to of [Shape#rowBytes] bytes
    public void row(Picture picture, int row, byte[] to) {
        var rowBytes = picture.shape.rowBytes();
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, picture.offset + (long) row * rowBytes, to, 0, rowBytes);
    }
}
