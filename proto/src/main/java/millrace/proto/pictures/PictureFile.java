package millrace.proto.pictures;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import millrace.proto.BadInput;

/// A PNG or JPEG file, decoded to bytes of grey, or of red, green and blue, perhaps with opacity: sixteen bits are cut
/// to eight, other colour spaces become sRGB, and a photograph stands upright as the camera was held.
///
/// Only clients decode: a decoder's bits may depend on the machine, and what it decoded is what the job is about.
final class PictureFile {
    /// A decoded picture needs about so many bytes of memory for each pixel.
    private static final long BYTES_PER_PIXEL = 8;

    private static final List<String> FORMATS = List.of("png", "jpeg");

    // Decoders go on where they can and only warn: the rest of a truncated photograph is grey.
    private static final Pattern DAMAGE = Pattern.compile("premature|truncat|corrupt", Pattern.CASE_INSENSITIVE);

    private final Path file;
    private final BufferedImage image;
    private final Orientation orientation;
    private final int channels;

    private PictureFile(Path file, BufferedImage image, Orientation orientation) {
        this.file = file;
        this.orientation = orientation;
        channels = image.getRaster().getNumBands() == 1 && !indexed(image)
                ? 1
                : image.getColorModel().hasAlpha() ? 4 : 3;
        this.image = channels == 1 || isBytes(image) ? image : converted(image, channels);
    }

    /// Whether a file's name says that it is a picture.
    static boolean named(Path file) {
        var name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return !name.startsWith(".") && (name.endsWith(".png") || name.endsWith(".jpg") || name.endsWith(".jpeg"));
    }

    /// Reads a file.
    ///
    /// @throws BadInput when it is no such picture, a broken one, too large for this process, or changes meanwhile
    /// @throws IOException when it cannot be read
    static PictureFile read(Path file) throws IOException {
        try {
            var bytes = Files.size(file);
            var modified = Files.getLastModifiedTime(file);
            var image = decode(file);
            var picture = new PictureFile(file, image, Orientation.of(file));
            if (Files.size(file) != bytes || !Files.getLastModifiedTime(file).equals(modified)) {
                throw new BadInput(file + " changed while it was read");
            }
            return picture;
        } catch (NoSuchFileException | FileNotFoundException e) {
            throw new BadInput(file + " vanished before it was read");
        }
    }

    private static BufferedImage decode(Path file) throws IOException {
        try (var in = ImageIO.createImageInputStream(file.toFile())) {
            if (in == null) {
                throw new FileNotFoundException(file.toString());
            }
            var readers = ImageIO.getImageReaders(in);
            while (readers.hasNext()) {
                var reader = readers.next();
                try {
                    if (FORMATS.contains(reader.getFormatName().toLowerCase(Locale.ROOT))) {
                        reader.setInput(in, true, false);
                        return decode(file, reader);
                    }
                } finally {
                    reader.dispose();
                }
            }
        }
        throw new BadInput(file + " is no picture that can be used, allowed: PNG and JPEG files");
    }

    private static BufferedImage decode(Path file, ImageReader reader) throws IOException {
        var warnings = new ArrayList<String>();
        reader.addIIOReadWarningListener((_, warning) -> warnings.add(warning));
        try {
            var pixels = (long) reader.getWidth(0) * reader.getHeight(0);
            var room = Runtime.getRuntime().maxMemory() / 2;
            if (pixels * BYTES_PER_PIXEL > room) {
                throw new BadInput("%s has %,d pixels, allowed with this process's memory: %,d"
                        .formatted(file, pixels, room / BYTES_PER_PIXEL));
            }
            var image = reader.read(0);
            for (var warning : warnings) {
                if (DAMAGE.matcher(warning).find()) {
                    throw broken(file, warning);
                }
            }
            return image;
        } catch (IIOException | EOFException e) {
            throw broken(file, e.getMessage() == null ? "it ends too early" : e.getMessage());
        } catch (IllegalArgumentException | IllegalStateException | IndexOutOfBoundsException e) {
            // The decoders' answer to some broken files.
            throw broken(file, e.toString());
        }
    }

    private static BadInput broken(Path file, String why) {
        return new BadInput("%s is no picture that can be used: %s".formatted(file, why.strip()));
    }

    private static boolean indexed(BufferedImage image) {
        return image.getColorModel() instanceof java.awt.image.IndexColorModel;
    }

    /// Whether its bands are red, green and blue as they are, and perhaps opacity.
    private static boolean isBytes(BufferedImage image) {
        return image.getColorModel() instanceof ComponentColorModel model
                && model.getColorSpace().isCS_sRGB()
                && !model.isAlphaPremultiplied()
                && image.getRaster().getNumBands() >= 3;
    }

    private static BufferedImage converted(BufferedImage image, int channels) {
        var to = new BufferedImage(
                image.getWidth(),
                image.getHeight(),
                channels == 4 ? BufferedImage.TYPE_4BYTE_ABGR : BufferedImage.TYPE_3BYTE_BGR);
        if (image.getRaster().getNumBands() == 2) { // grey with opacity, as it is: Java takes grey for linear light
            var raster = image.getRaster();
            var shift = depth(image) - 8;
            for (var y = 0; y < image.getHeight(); y++) {
                for (var x = 0; x < image.getWidth(); x++) {
                    var grey = raster.getSample(x, y, 0) >> shift;
                    to.getRaster().setPixel(x, y, new int[] {grey, grey, grey, raster.getSample(x, y, 1) >> shift});
                }
            }
            return to;
        }
        if (indexed(image)) {
            for (var y = 0; y < image.getHeight(); y++) {
                for (var x = 0; x < image.getWidth(); x++) {
                    to.setRGB(x, y, image.getRGB(x, y));
                }
            }
            return to;
        }
        return new ColorConvertOp(ColorSpace.getInstance(ColorSpace.CS_sRGB), null).filter(image, to);
    }

    private static int depth(BufferedImage image) {
        return image.getColorModel().getComponentSize(0);
    }

    int width() {
        return orientation.swapped() ? image.getHeight() : image.getWidth();
    }

    int height() {
        return orientation.swapped() ? image.getWidth() : image.getHeight();
    }

    int channels() {
        return channels;
    }

    Path file() {
        return file;
    }

    /// Writes the pixels, row by row from the top.
    void write(OutputStream out) throws IOException {
        var raster = image.getRaster();
        var row = new byte[width() * channels];
        var samples = new int[raster.getNumBands() * Math.max(width(), height())];
        var depth = depth(image);
        var packed = raster.getDataBuffer().getDataType() == DataBuffer.TYPE_BYTE && depth == 8;
        for (var y = 0; y < height(); y++) {
            var from = orientation.flipped() ? height() - 1 - y : y;
            if (orientation.swapped()) {
                raster.getPixels(from, 0, 1, width(), samples);
            } else {
                raster.getPixels(0, from, width(), 1, samples);
            }
            for (var x = 0; x < width(); x++) {
                var at = orientation.mirrored() ? width() - 1 - x : x;
                for (var c = 0; c < channels; c++) {
                    var sample = samples[at * raster.getNumBands() + c];
                    row[x * channels + c] = (byte) (packed ? sample : scaled(sample, depth));
                }
            }
            out.write(row);
        }
    }

    /// To eight bits: 1, 2 and 4 bits so that their largest value is 255.
    private static int scaled(int sample, int depth) {
        return depth >= 8 ? sample >> (depth - 8) : sample * 255 / ((1 << depth) - 1);
    }
}
