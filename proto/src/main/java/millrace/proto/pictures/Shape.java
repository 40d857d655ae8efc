package millrace.proto.pictures;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/// What a picture is, without its pixels.
///
/// @param name     of its file, without folders, not empty, at most 255 characters
/// @param width    pixels, 1 to [#SIDE_MAX]
/// @param height   rows, 1 to [#SIDE_MAX]
/// @param channels bytes of a pixel: 1 grey, 3 red, green and blue, 4 with opacity
public record Shape(String name, int width, int height, int channels) {
    /// The most pixels of a picture's side.
    public static final int SIDE_MAX = 200_000;

    /// The rows of a strip, except for the last one of a picture: so many that a strip is worth sending, so few that
    /// one large picture keeps many cores busy.
    public static final int STRIP_ROWS = 64;

    private static final int NAME_MAX = 255;

    public Shape {
        // A name becomes that of a file, and may come from anybody: it must not lead out of a folder.
        if (name.isEmpty()
                || name.length() > NAME_MAX
                || name.startsWith(".")
                || name.chars().anyMatch(c -> c == '/' || c == '\\' || c < ' ')) {
            throw new IllegalArgumentException(
                    "name of a picture is '%s', allowed: a visible file's, without folders".formatted(name));
        }
        requireSide("wide", width);
        requireSide("high", height);
        if (channels != 1 && channels != 3 && channels != 4) {
            throw new IllegalArgumentException("a picture has %d channels, allowed 1, 3, 4".formatted(channels));
        }
    }

    private static void requireSide(String name, int pixels) {
        if (pixels < 1 || pixels > SIDE_MAX) {
            throw new IllegalArgumentException(
                    "a picture is %d pixels %s, allowed 1..%d".formatted(pixels, name, SIDE_MAX));
        }
    }

    /// Bytes of a row of pixels.
    public int rowBytes() {
        return width * channels;
    }

    /// Bytes of all pixels.
    public long bytes() {
        return (long) rowBytes() * height;
    }

    /// Strips that tasks compute.
    public int strips() {
        return Math.ceilDiv(height, STRIP_ROWS);
    }

    /// Rows of one of its strips.
    public int rows(int strip) {
        return Math.min(STRIP_ROWS, height - strip * STRIP_ROWS);
    }

    /// The same picture with other bytes to a pixel.
    public Shape withChannels(int other) {
        return new Shape(name, width, height, other);
    }

    static Shape read(DataInputStream in) throws IOException {
        return new Shape(in.readUTF(), in.readInt(), in.readInt(), in.readUnsignedByte());
    }

    void write(DataOutputStream out) throws IOException {
        out.writeUTF(name);
        out.writeInt(width);
        out.writeInt(height);
        out.writeByte(channels);
    }
}
