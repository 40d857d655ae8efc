package millrace.worker.kernels;

import millrace.proto.CancelledException;
import millrace.proto.Kernel;
import millrace.proto.Work;
import millrace.proto.kernels.Mandelbrot;

/// Draws rows of the Mandelbrot set: iterates the samples of a row in [Orbits], colours them with a [Palette], and
/// gives each pixel the mean light of its samples.
public final class MandelbrotKernel implements Kernel<Mandelbrot> {
    @Override
    public Class<Mandelbrot> description() {
        return Mandelbrot.class;
    }

    @Override
    public byte[] compute(Mandelbrot view, Work work, long first, long end) throws CancelledException {
        var rows = (int) (end - first);
        var bytes = new byte[Math.multiplyExact(rows, view.rowBytes())];
        var picture = new Row(view);
        var orbits = new Orbits(work, view.iterations());
        for (var i = 0; i < rows; i++) {
            picture.begin((int) first + i);
            orbits.run(picture);
            picture.write(bytes, i * view.rowBytes());
        }
        return bytes;
    }

    /// One row: where its samples are, and the light that they gave so far. Sums of light are integers, so the
    /// order in which orbits end does not matter.
    private static final class Row implements Orbits.Samples {
        private final int perSide;
        private final int columns;
        private final int rows;
        private final double originX;
        private final double originY;
        private final double halfStep;
        private final long[] red;
        private final long[] green;
        private final long[] blue;
        private int row;

        private Row(Mandelbrot view) {
            perSide = view.samples();
            columns = view.width() * perSide;
            rows = view.height() * perSide;
            originX = view.centerX();
            originY = view.centerY();
            halfStep = view.span() / (2.0 * columns);
            red = new long[view.width()];
            green = new long[view.width()];
            blue = new long[view.width()];
        }

        private void begin(int row) {
            this.row = row;
            java.util.Arrays.fill(red, 0);
            java.util.Arrays.fill(green, 0);
            java.util.Arrays.fill(blue, 0);
        }

        @Override
        public int count() {
            return columns * perSide;
        }

        @Override
        public double x(int sample) {
            return originX + (2 * (sample % columns) + 1 - columns) * halfStep;
        }

        @Override
        public double y(int sample) {
            return originY - (2 * (row * perSide + sample / columns) + 1 - rows) * halfStep;
        }

        @Override
        public void escaped(int sample, int iterations, double squaredRadius) {
            var pixel = sample % columns / perSide;
            var colour = Palette.index(iterations, squaredRadius);
            red[pixel] += Palette.red(colour);
            green[pixel] += Palette.green(colour);
            blue[pixel] += Palette.blue(colour);
        }

        private void write(byte[] bytes, int at) {
            var samples = perSide * perSide;
            for (var pixel = 0; pixel < red.length; pixel++) {
                bytes[at + 3 * pixel] = Palette.display(red[pixel] / samples);
                bytes[at + 3 * pixel + 1] = Palette.display(green[pixel] / samples);
                bytes[at + 3 * pixel + 2] = Palette.display(blue[pixel] / samples);
            }
        }
    }
}
