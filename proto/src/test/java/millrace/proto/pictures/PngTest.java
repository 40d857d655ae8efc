package millrace.proto.pictures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Objects;
import java.util.Random;
import javax.imageio.ImageIO;
import millrace.proto.OutputSource;
import millrace.proto.Ranges;
import millrace.proto.kernels.Mandelbrot;
import org.junit.jupiter.api.Test;

class PngTest {
    private static final int WIDTH = 217;
    private static final int HEIGHT = 150;

    private final byte[] rows = new byte[3 * WIDTH * HEIGHT];

    PngTest() {
        new Random(1).nextBytes(rows);
    }

    @Test
    void otherProgramsReadEveryPixel() throws IOException {
        var image = read(rows, Ranges.of(0, HEIGHT));
        assertThat(image.getWidth()).isEqualTo(WIDTH);
        assertThat(image.getHeight()).isEqualTo(HEIGHT);
        assertThat(image.getColorModel().hasAlpha()).isFalse();
        for (var y = 0; y < HEIGHT; y++) {
            for (var x = 0; x < WIDTH; x++) {
                assertThat(image.getRGB(x, y)).isEqualTo(colour(x, y));
            }
        }
    }

    @Test
    void missingRowsAreTransparent() throws IOException {
        var done = Ranges.of(3, 70);
        done.add(100, 101);
        var some = new ByteArrayOutputStream();
        some.write(rows, 3 * WIDTH * 3, 3 * WIDTH * 67);
        some.write(rows, 3 * WIDTH * 100, 3 * WIDTH);
        var image = read(some.toByteArray(), done);
        for (var y = 0; y < HEIGHT; y++) {
            for (var x = 0; x < WIDTH; x++) {
                assertThat(image.getRGB(x, y)).isEqualTo(done.contains(y) ? colour(x, y) : 0);
            }
        }
    }

    @Test
    void anOutputThatIsTooShortIsAnError() {
        assertThatThrownBy(() -> read(new byte[3 * WIDTH * HEIGHT - 1], Ranges.of(0, HEIGHT)))
                .isInstanceOf(IOException.class)
                .hasMessage("the output ends within a row of the picture");
    }

    private int colour(int x, int y) {
        var at = 3 * (WIDTH * y + x);
        return 0xff << 24 | (rows[at] & 0xff) << 16 | (rows[at + 1] & 0xff) << 8 | (rows[at + 2] & 0xff);
    }

    private static BufferedImage read(byte[] output, Ranges done) throws IOException {
        var view = new Mandelbrot(WIDTH, HEIGHT, 0, 0, 1, 1, 1);
        var png = new ByteArrayOutputStream();
        view.write(OutputSource.of(output), done, png);
        return Objects.requireNonNull(ImageIO.read(new ByteArrayInputStream(png.toByteArray())));
    }
}
