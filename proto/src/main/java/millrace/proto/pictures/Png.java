package millrace.proto.pictures;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import millrace.proto.Ranges;

/// Writes a PNG (W3C, "Portable Network Graphics", third edition) row by row: memory is a few rows, whatever the
/// size of the picture, where `javax.imageio` needs all of it.
///
/// @param width    pixels
/// @param height   rows
/// @param channels bytes of a pixel: 1 grey, 3 red, green and blue, 4 with opacity
public record Png(int width, int height, int channels) {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

    /// Colour types by the bytes of a pixel: grey, grey with opacity, colours, colours with opacity.
    private static final byte[] COLOUR_TYPES = {-1, 0, 4, 2, 6};

    private static final byte FILTER_UP = 2;
    private static final int CHUNK_BYTES = 1 << 16;

    /// Photographs hardly get smaller with more, and people wait for it.
    private static final int LEVEL = 4;

    public Png {
        if (channels != 1 && channels != 3 && channels != 4) {
            throw new IllegalArgumentException("a picture has %d channels, allowed 1, 3, 4".formatted(channels));
        }
    }

    /// Writes the picture; rows that are not in `done` become transparent.
    ///
    /// @param rows the rows that are in `done`, in order
    /// @param out  where to; flushed, not closed
    public void write(InputStream rows, Ranges done, OutputStream out) throws IOException {
        var whole = done.containsAll(0, height);
        out.write(SIGNATURE);
        var header = new ByteArrayOutputStream();
        var fields = new DataOutputStream(header);
        fields.writeInt(width);
        fields.writeInt(height);
        var pixelBytes = whole || channels == 4 ? channels : channels + 1;
        fields.write(new byte[] {8, COLOUR_TYPES[pixelBytes], 0, 0, 0});
        chunk(out, "IHDR", header.toByteArray(), header.size());
        pixels(rows, done, pixelBytes, out);
        chunk(out, "IEND", new byte[0], 0);
        out.flush();
    }

    private void pixels(InputStream rows, Ranges done, int pixelBytes, OutputStream out) throws IOException {
        var deflater = new Deflater(LEVEL);
        try (var packed = new DeflaterOutputStream(new Chunks(out), deflater, CHUNK_BYTES)) {
            var above = new byte[pixelBytes * width];
            var row = new byte[pixelBytes * width];
            var filtered = new byte[1 + pixelBytes * width];
            filtered[0] = FILTER_UP;
            for (var y = 0; y < height; y++) {
                read(rows, done.contains(y), pixelBytes, row);
                for (var i = 0; i < row.length; i++) {
                    filtered[1 + i] = (byte) (row[i] - above[i]);
                }
                packed.write(filtered);
                var swap = above;
                above = row;
                row = swap;
            }
        } finally {
            deflater.end();
        }
    }

    private void read(InputStream rows, boolean present, int pixelBytes, byte[] row) throws IOException {
        if (!present) {
            java.util.Arrays.fill(row, (byte) 0);
            return;
        }
        if (rows.readNBytes(row, 0, channels * width) < channels * width) {
            throw new IOException("the output ends within a row of the picture");
        }
        if (pixelBytes > channels) {
            for (var x = width - 1; x >= 0; x--) {
                System.arraycopy(row, channels * x, row, pixelBytes * x, channels);
                row[pixelBytes * x + channels] = (byte) 255;
            }
        }
    }

    private static void chunk(OutputStream out, String type, byte[] data, int length) throws IOException {
        var name = type.getBytes(StandardCharsets.US_ASCII);
        var crc = new CRC32();
        crc.update(name);
        crc.update(data, 0, length);
        var fields = new DataOutputStream(out);
        fields.writeInt(length);
        fields.write(name);
        fields.write(data, 0, length);
        fields.writeInt((int) crc.getValue());
    }

    /// Makes an IDAT chunk of each buffer that the deflater fills; closing it leaves the file open.
    private static final class Chunks extends OutputStream {
        private final OutputStream out;

        private Chunks(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            chunk(out, "IDAT", java.util.Arrays.copyOfRange(bytes, from, from + length), length);
        }
    }
}
