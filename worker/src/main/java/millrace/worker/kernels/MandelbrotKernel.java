package millrace.worker.kernels;

import java.util.Arrays;
import java.util.OptionalLong;
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

    /// The rows, and for each sample of one its place and its light.
    @Override
    public OptionalLong liveBytes(Mandelbrot view, long first, long end) {
        return OptionalLong.of(
                (end - first) * view.rowBytes() + (long) view.width() * view.samples() * (Double.BYTES + Long.BYTES));
    }

    @Override
    public byte[] compute(Mandelbrot view, Work work, long first, long end) throws CancelledException {
        var rows = (int) (end - first);
        var bytes = new byte[Math.multiplyExact(rows, view.rowBytes())];
        var orbits = new Orbits(work, view.iterations());
        var row = new Row(view);
        for (var i = 0; i < rows; i++) {
            row.draw(orbits, (int) first + i);
            row.write(bytes, i * view.rowBytes());
        }
        return bytes;
    }

    /// One row: where its samples are, and the light that those above each other gave. Sums of light are integers,
    /// so the order in which orbits end does not matter.
    private static final class Row implements Orbits.Escapes {
        private final Mandelbrot view;
        private final double halfStep;
        private final double[] x;
        private final long[] light;

        private Row(Mandelbrot view) {
            this.view = view;
            var columns = view.width() * view.samples();
            halfStep = view.span() / (2.0 * columns);
            x = new double[columns];
            for (var column = 0; column < columns; column++) {
                x[column] = view.centerX() + (2 * column + 1 - columns) * halfStep;
            }
            light = new long[columns];
        }

        private void draw(Orbits orbits, int row) throws CancelledException {
            Arrays.fill(light, 0);
            var y = new double[view.samples()];
            for (var i = 0; i < y.length; i++) {
                y[i] = view.centerY()
                        - (2 * (row * view.samples() + i) + 1 - view.height() * view.samples()) * halfStep;
            }
            orbits.run(x, y, this);
        }

        @Override
        public void escaped(int column, int iterations, double squaredRadius) {
            light[column] += Palette.light(Palette.index(iterations, squaredRadius));
        }

        private void write(byte[] bytes, int at) {
            for (var pixel = 0; pixel < view.width(); pixel++) {
                var red = 0;
                var green = 0;
                var blue = 0;
                for (var i = pixel * view.samples(); i < (pixel + 1) * view.samples(); i++) {
                    red += Palette.red(light[i]);
                    green += Palette.green(light[i]);
                    blue += Palette.blue(light[i]);
                }
                bytes[at + 3 * pixel] = display(red);
                bytes[at + 3 * pixel + 1] = display(green);
                bytes[at + 3 * pixel + 2] = display(blue);
            }
        }

        private byte display(int sum) {
            return Palette.display(sum / (view.samples() * view.samples()));
        }
    }
}
