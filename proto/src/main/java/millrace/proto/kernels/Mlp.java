package millrace.proto.kernels;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import millrace.proto.BadInput;
import millrace.proto.Blob;
import millrace.proto.Described;
import millrace.proto.Description;
import millrace.proto.Intake;
import millrace.proto.Join;
import millrace.proto.OutputSource;
import millrace.proto.Parameter;
import millrace.proto.Ranges;
import millrace.proto.arrays.Npy;
import millrace.proto.arrays.NpyType;

/// Evaluates a net of two dense layers, ReLU after the first and softmax after the second, on rows of inputs.
///
/// The output is the probabilities of the classes, float32, little-endian, row by row, all rows again for each
/// repetition. Sums are float32, begin with the bias and go through the inputs in order, each product added by a fused
/// multiply-add, so they have the same bits everywhere; they differ from those of other programs by rounding.
@Described(
        name = "mlp",
        version = 2,
        summary = "Evaluates a net of two dense layers (ReLU, softmax) on rows of inputs, all as .npy arrays.",
        item = "a row of inputs",
        intake = Mlp.Shapes.class)
public record Mlp(
        @Parameter(help = ".npy array of the inputs, of the shape (rows, features)")
        Blob inputs,

        @Parameter(help = ".npy array of the first layer's weights, of the shape (features, units)")
        Blob hiddenWeights,

        @Parameter(help = ".npy array of the first layer's biases, of the shape (units,)")
        Blob hiddenBias,

        @Parameter(help = ".npy array of the second layer's weights, of the shape (units, classes)")
        Blob outputWeights,

        @Parameter(help = ".npy array of the second layer's biases, of the shape (classes,)")
        Blob outputBias,

        @Parameter(help = "how many times all rows are evaluated", byDefault = "1", min = "1", max = "1000000")
        int repeats,

        @Parameter(help = "rows of inputs; follows from them", min = "0", max = "4294967296")
        long rows,

        @Parameter(help = "inputs of a row; follows from them", min = "1", max = "1000000")
        int features,

        @Parameter(help = "units of the first layer; follows from its weights", min = "1", max = "100000")
        int units,

        @Parameter(help = "classes; follows from the second layer's weights", min = "1", max = "100000")
        int classes)
        implements Description {
    private static final long WEIGHTS_MAX = 1L << 28;

    public Mlp {
        if ((long) features * units > WEIGHTS_MAX || (long) units * classes > WEIGHTS_MAX) {
            throw new BadInput("layers of %d by %d and %d by %d weights, allowed: at most %d in each"
                    .formatted(features, units, units, classes, WEIGHTS_MAX));
        }
        if (rows * repeats > ITEMS_MAX) {
            throw new BadInput("--repeats is %d, allowed: 2^53 rows in all".formatted(repeats));
        }
    }

    @Override
    public long items() {
        return rows * repeats;
    }

    @Override
    public Join join() {
        return new Join.Concatenation();
    }

    @Override
    public String fileSuffix() {
        return ".npy";
    }

    @Override
    public boolean text() {
        return false;
    }

    /// Writes a `.npy` of float32 of the shape (rows x repeats, classes); rows that are not in the output are NaN.
    @Override
    public void write(OutputSource output, Ranges done, OutputStream out) throws IOException {
        out.write(Npy.of(NpyType.FLOAT32, items(), classes).header());
        var missing = new byte[Float.BYTES * classes];
        for (var numbers = ByteBuffer.wrap(missing).order(ByteOrder.LITTLE_ENDIAN); numbers.hasRemaining(); ) {
            numbers.putFloat(Float.NaN);
        }
        NpyRows.write(output, items(), done, missing, out);
    }

    /// Reads the shapes of the arrays, and refuses those that do not fit.
    static final class Shapes implements Intake {
        @Override
        public void complete(Given given) throws IOException {
            follow(given, "inputs", "rows", "features");
            follow(given, "hidden-weights", "features", "units");
            follow(given, "hidden-bias", "units");
            follow(given, "output-weights", "units", "classes");
            follow(given, "output-bias", "classes");
        }

        private static void follow(Given given, String array, String... parameters) throws IOException {
            var file = given.file(array);
            if (file.isPresent()) {
                var shape = NpyRows.shape(file.get(), parameters.length, parameters.length);
                for (var i = 0; i < parameters.length; i++) {
                    given.follows(parameters[i], shape.get(i), file.get().toString());
                }
            }
        }
    }
}
