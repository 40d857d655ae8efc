package millrace.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Random;
import java.util.zip.ZipInputStream;
import javax.imageio.ImageIO;
import millrace.proto.OutputSource;
import millrace.proto.Ranges;
import millrace.proto.kernels.Convolve;
import millrace.proto.kernels.Convolve.Filter;
import millrace.proto.pictures.AlbumMaker;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PhotographsTest {
    private final Random random = new Random(3);
    private final BlobWork work = new BlobWork();

    @TempDir
    Path folder;

    private final BufferedImage colours;
    private final BufferedImage grey;
    private final BufferedImage glass;

    PhotographsTest() {
        colours = picture(37, 150, BufferedImage.TYPE_3BYTE_BGR);
        grey = picture(20, 64, BufferedImage.TYPE_BYTE_GRAY);
        glass = picture(3, 65, BufferedImage.TYPE_4BYTE_ABGR);
    }

    @BeforeEach
    void write() throws IOException {
        var photos = Files.createDirectory(folder.resolve("photos"));
        ImageIO.write(colours, "png", photos.resolve("colours.png").toFile());
        ImageIO.write(grey, "png", photos.resolve("grey.png").toFile());
        ImageIO.write(glass, "png", photos.resolve("glass.png").toFile());
    }

    private BufferedImage picture(int width, int height, int type) {
        var image = new BufferedImage(width, height, type);
        var pixel = new int[image.getRaster().getNumBands()];
        for (var y = 0; y < height; y++) {
            for (var x = 0; x < width; x++) {
                for (var c = 0; c < pixel.length; c++) {
                    pixel[c] = random.nextInt(256);
                }
                image.getRaster().setPixel(x, y, pixel);
            }
        }
        return image;
    }

    private Convolve job(Filter filter, double sigma) throws IOException {
        var album = new ByteArrayOutputStream();
        AlbumMaker.write(folder.resolve("photos"), album);
        return Convolve.photographs(work.put(album.toByteArray()), 3 + 2 + 1, filter, sigma);
    }

    /// Each value is held against the definition, computed pixel by pixel in double precision.
    @ParameterizedTest
    @EnumSource(value = Filter.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void everyPixelIsAsTheFilterIsDefined(Filter filter) throws Exception {
        var out = Files.createDirectory(folder.resolve("out"));
        var job = job(filter, 1.5);
        job.writeFolder(OutputSource.of(compute(job, Ranges.of(0, 6))), Ranges.of(0, 6), out);
        check(filter, colours, out.resolve("colours.png"));
        check(filter, grey, out.resolve("grey.png"));
        check(filter, glass, out.resolve("glass.png"));
    }

    private static void check(Filter filter, BufferedImage from, Path file) throws IOException {
        var to = ImageIO.read(file.toFile());
        assertThat(to.getWidth()).isEqualTo(from.getWidth());
        assertThat(to.getHeight()).isEqualTo(from.getHeight());
        var bands = to.getRaster().getNumBands();
        assertThat(bands).isEqualTo(expectedBands(filter, from));
        for (var y = 0; y < from.getHeight(); y++) {
            for (var x = 0; x < from.getWidth(); x++) {
                for (var band = 0; band < bands; band++) {
                    var expected = band == 3 ? from.getRaster().getSample(x, y, 3) : defined(filter, from, x, y, band);
                    assertThat((double) to.getRaster().getSample(x, y, band))
                            .as("%s %s x %d y %d band %d", filter, file.getFileName(), x, y, band)
                            .isCloseTo(Math.clamp(expected, 0, 255), within(0.51));
                }
            }
        }
    }

    private static int expectedBands(Filter filter, BufferedImage from) {
        var bands = from.getRaster().getNumBands();
        return filter == Filter.SOBEL && bands == 3 ? 1 : bands;
    }

    private static double defined(Filter filter, BufferedImage image, int x, int y, int band) {
        return switch (filter) {
            case SHARPEN ->
                5 * at(image, x, y, band)
                        - at(image, x - 1, y, band)
                        - at(image, x + 1, y, band)
                        - at(image, x, y - 1, band)
                        - at(image, x, y + 1, band);
            case LAPLACE -> {
                var sum = 9 * at(image, x, y, band);
                for (var i = -1; i <= 1; i++) {
                    for (var j = -1; j <= 1; j++) {
                        sum -= at(image, x + i, y + j, band);
                    }
                }
                yield sum;
            }
            case EMBOSS ->
                -2 * at(image, x - 1, y - 1, band)
                        - at(image, x, y - 1, band)
                        - at(image, x - 1, y, band)
                        + at(image, x, y, band)
                        + at(image, x + 1, y, band)
                        + at(image, x, y + 1, band)
                        + 2 * at(image, x + 1, y + 1, band);
            case SOBEL -> Math.hypot(slope(image, x, y, true), slope(image, x, y, false));
            case GAUSSIAN -> {
                var sum = 0.0;
                var weights = 0.0;
                for (var i = -5; i <= 5; i++) {
                    for (var j = -5; j <= 5; j++) {
                        var weight = Math.exp(-(i * i + j * j) / (2 * 1.5 * 1.5));
                        sum += weight * at(image, x + i, y + j, band);
                        weights += weight;
                    }
                }
                yield sum / weights;
            }
            case NONE -> throw new IllegalArgumentException();
        };
    }

    private static double slope(BufferedImage image, int x, int y, boolean right) {
        var sum = 0.0;
        for (var i = -1; i <= 1; i++) {
            var weight = i == 0 ? 2 : 1;
            sum += weight * (right ? brightness(image, x + 1, y + i) : brightness(image, x + i, y + 1));
            sum -= weight * (right ? brightness(image, x - 1, y + i) : brightness(image, x + i, y - 1));
        }
        return sum;
    }

    private static double brightness(BufferedImage image, int x, int y) {
        return image.getRaster().getNumBands() == 1
                ? at(image, x, y, 0)
                : 0.299 * at(image, x, y, 0) + 0.587 * at(image, x, y, 1) + 0.114 * at(image, x, y, 2);
    }

    private static double at(BufferedImage image, int x, int y, int band) {
        return image.getRaster()
                .getSample(Math.clamp(x, 0, image.getWidth() - 1), Math.clamp(y, 0, image.getHeight() - 1), band);
    }

    @ParameterizedTest
    @EnumSource(value = Filter.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void bytesDoNotDependOnTheCut(Filter filter) throws Exception {
        var job = job(filter, 20);
        var pieces = new ByteArrayOutputStream();
        for (var item = 0; item < 6; item++) {
            pieces.writeBytes(compute(job, Ranges.of(item, item + 1)));
        }
        assertThat(pieces.toByteArray()).isEqualTo(compute(job, Ranges.of(0, 6)));
    }

    @Test
    void whatIsMissingIsTransparentOrLeftOut() throws Exception {
        var out = Files.createDirectory(folder.resolve("out"));
        var job = job(Filter.SOBEL, 2);
        var done = Ranges.of(1, 2);
        done.add(5, 6);
        job.writeFolder(OutputSource.of(compute(job, done)), done, out);
        assertThat(out.resolve("glass.png")).doesNotExist();
        assertThat(ImageIO.read(out.resolve("grey.png").toFile())
                        .getColorModel()
                        .hasAlpha())
                .isFalse();
        var part = ImageIO.read(out.resolve("colours.png").toFile());
        for (var y = 0; y < 150; y++) {
            assertThat(part.getRGB(5, y) >>> 24).isEqualTo(64 <= y && y < 128 ? 255 : 0);
        }
    }

    @Test
    void archiveHoldsTheSameFiles() throws Exception {
        var out = Files.createDirectory(folder.resolve("out"));
        var job = job(Filter.EMBOSS, 2);
        var source = OutputSource.of(compute(job, Ranges.of(0, 6)));
        job.writeFolder(source, Ranges.of(0, 6), out);
        var archive = new ByteArrayOutputStream();
        job.write(source, Ranges.of(0, 6), archive);
        var names = new HashSet<String>();
        try (var zip = new ZipInputStream(new ByteArrayInputStream(archive.toByteArray()))) {
            for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                names.add(entry.getName());
                assertThat(zip.readAllBytes()).isEqualTo(Files.readAllBytes(out.resolve(entry.getName())));
            }
        }
        assertThat(names).containsExactlyInAnyOrder("colours.png", "grey.png", "glass.png");
    }

    private byte[] compute(Convolve job, Ranges items) throws Exception {
        var bytes = new ByteArrayOutputStream();
        for (var range : items.ranges()) {
            bytes.writeBytes(new ConvolveKernel().compute(job, work, range.first(), range.end()));
        }
        return bytes.toByteArray();
    }
}
