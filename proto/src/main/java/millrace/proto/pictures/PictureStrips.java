package millrace.proto.pictures;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import millrace.proto.OutputSource;
import millrace.proto.Ranges;
import org.jspecify.annotations.Nullable;

/// Writes an output of [Strip]s as PNG files, row by row: memory does not follow the size of the pictures. Rows that
/// are not in the output are transparent; a picture of which nothing is there is left out.
public final class PictureStrips {
    private static final int BUFFER = 1 << 16;

    private final OutputSource output;
    private final Ranges done;

    /// @param done the items that are in the output; item n is strip n of the album
    public PictureStrips(OutputSource output, Ranges done) {
        this.output = output;
        this.done = done;
    }

    /// Opens a new file.
    private interface Place {
        OutputStream file(String name) throws IOException;
    }

    /// Writes a file for each picture.
    ///
    /// @param folder where to; none of the files is there
    public void write(Path folder) throws IOException {
        write(name -> new BufferedOutputStream(
                Files.newOutputStream(folder.resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                BUFFER));
    }

    /// Writes a ZIP archive of all files.
    ///
    /// @param out where to; not closed
    public void write(OutputStream out) throws IOException {
        var zip = new ZipOutputStream(out);
        zip.setLevel(Deflater.NO_COMPRESSION); // PNG files are compressed
        write(name -> {
            zip.putNextEntry(new ZipEntry(name));
            return new FilterOutputStream(zip) {
                @Override
                public void write(byte[] bytes, int from, int length) throws IOException {
                    out.write(bytes, from, length);
                }

                @Override
                public void close() throws IOException {
                    zip.closeEntry();
                }
            };
        });
        zip.finish();
    }

    private void write(Place place) throws IOException {
        try (var in = new DataInputStream(new BufferedInputStream(output.open(), BUFFER))) {
            for (var item = next(0); item >= 0; ) {
                var strip = Strip.read(in);
                var first = item - strip.number();
                try (var file = place.file(strip.shape().name() + ".png")) {
                    picture(new Rows(in, strip, first), first, file);
                }
                item = next(first + strip.shape().strips());
            }
        }
    }

    /// The first item of the output from the given one on, or -1 when there is none.
    private long next(long item) {
        return done.ranges().stream()
                .filter(range -> range.end() > item)
                .mapToLong(range -> Math.max(item, range.first()))
                .findFirst()
                .orElse(-1);
    }

    private void picture(Rows rows, long first, OutputStream file) throws IOException {
        var shape = rows.shape;
        var present = new Ranges();
        for (var strip = 0; strip < shape.strips(); strip++) {
            if (done.contains(first + strip)) {
                var top = strip * Shape.STRIP_ROWS;
                present.add(top, top + shape.rows(strip));
            }
        }
        new Png(shape.width(), shape.height(), shape.channels()).write(rows, present, file);
    }

    /// The rows of one picture that are in the output, without what stands in front of each strip.
    private final class Rows extends InputStream {
        private final DataInputStream in;
        private final Shape shape;
        private final long first;
        private @Nullable Strip strip;
        private int left;

        private Rows(DataInputStream in, Strip strip, long first) {
            this.in = in;
            this.strip = strip;
            this.first = first;
            shape = strip.shape();
            left = strip.bytes();
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] to, int at, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            while (left == 0) {
                if (!advance()) {
                    return -1;
                }
            }
            var n = in.read(to, at, Math.min(length, left));
            left -= Math.max(0, n);
            return n;
        }

        private boolean advance() throws IOException {
            if (strip == null) {
                return false;
            }
            var item = next(first + strip.number() + 1);
            if (item < 0 || item >= first + shape.strips()) {
                strip = null;
                return false;
            }
            var read = Strip.read(in);
            if (!read.shape().equals(shape) || first + read.number() != item) {
                throw new IOException("the output has strip " + read + " as item " + item);
            }
            strip = read;
            left = read.bytes();
            return true;
        }
    }
}
