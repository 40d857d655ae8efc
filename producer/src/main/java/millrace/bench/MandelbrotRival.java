package millrace.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import millrace.proto.KernelType;
import millrace.proto.kernels.Mandelbrot;

/// A program in C that draws the same picture, byte for byte, in the same way.
final class MandelbrotRival implements Rival {
    @Override
    public String name() {
        return "mandelbrot";
    }

    @Override
    public String program() {
        return "C";
    }

    @Override
    public double floor() {
        return 0.8;
    }

    @Override
    public Match prepare(Inputs inputs, NativePrograms programs)
            throws IOException, InterruptedException, MissingProgram {
        var view = KernelType.of(Mandelbrot.class).parse(Map.of("samples", "4"));
        var picture = programs.file("picture");
        var program = programs.compile("mandelbrot");
        var command = Stream.of(
                        program,
                        view.width(),
                        view.height(),
                        view.centerX(),
                        view.centerY(),
                        view.span(),
                        view.iterations(),
                        view.samples(),
                        picture)
                .map(Object::toString)
                .toList();
        return new Match(view, command, (value, _) -> {
            var at = Arrays.mismatch(value, Files.readAllBytes(picture));
            if (at >= 0) {
                throw new WrongAnswer("the picture is another one from byte %d on".formatted(at));
            }
        });
    }
}
