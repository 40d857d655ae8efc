package millrace.proto.kernels;

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
/// @param width  pixels
/// @param height rows
record Png(int width, int height) {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final int RGB = 2;
    private static final int RGBA = 6;
    private static final byte FILTER_UP = 2;
    private static final int CHUNK_BYTES = 1 << 16;

    /// Writes the picture; rows that are not in `done` become transparent.
    ///
    /// @param rows the rows that are in `done`, in order, three bytes for each pixel
    void write(InputStream rows, Ranges done, OutputStream out) throws IOException {
        var whole = done.containsAll(0, height);
        out.write(SIGNATURE);
        var header = new ByteArrayOutputStream();
        var fields = new DataOutputStream(header);
        fields.writeInt(width);
        fields.writeInt(height);
        fields.write(new byte[] {8, (byte) (whole ? RGB : RGBA), 0, 0, 0});
        chunk(out, "IHDR", header.toByteArray(), header.size());
        pixels(rows, done, whole ? 3 : 4, out);
        chunk(out, "IEND", new byte[0], 0);
        out.flush();
    }

    private void pixels(InputStream rows, Ranges done, int pixelBytes, OutputStream out) throws IOException {
        var deflater = new Deflater(Deflater.DEFAULT_COMPRESSION);
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
        var colours = rows.readNBytes(3 * width);
        if (colours.length < 3 * width) {
            throw new IOException("the output ends within a row of the picture");
        }
        for (var x = 0; x < width; x++) {
            System.arraycopy(colours, 3 * x, row, pixelBytes * x, 3);
            if (pixelBytes == 4) {
                row[4 * x + 3] = (byte) 255;
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
