package millrace.bench;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import millrace.proto.kernels.MonteCarlo;

/// Each built-in kernel that has a native program to beat against it, on one core, in turns. The JVM is warm, as a
/// worker is after some seconds; the programs tell their own time, without their start and their inputs.
final class NativeKernels implements Benchmark {
    private static final int WARM_UPS = 4;

    static final List<Rival> RIVALS = List.of(
            new PrimesRival(),
            new MandelbrotRival(),
            new MonteCarloRival(MonteCarlo.Payoff.ASIAN, 2_000_000, 0.8),
            new MonteCarloRival(MonteCarlo.Payoff.EUROPEAN, 100_000_000, 0.8),
            new ConvolveRival(),
            new MlpRival());

    @Override
    public String name() {
        return "native";
    }

    @Override
    public String summary() {
        return "kernels on one core against the best native programs, in turns";
    }

    @Override
    public List<Figure> run(Bench bench) throws Exception {
        try (var programs = new NativePrograms()) {
            return run(bench, programs);
        }
    }

    /// What this machine has no program for is told, and is no figure.
    static List<Figure> run(Bench bench, NativePrograms programs) throws Exception {
        var ratios = new ArrayList<Figure>();
        var times = new ArrayList<Figure>();
        for (var rival : RIVALS) {
            try (var inputs = new Inputs(bench.data())) {
                compare(bench, rival, rival.prepare(inputs, programs), inputs, programs, ratios, times);
            } catch (MissingProgram e) {
                bench.say().accept("%s: not compared: %s".formatted(rival.name(), e.getMessage()));
            }
        }
        ratios.addAll(times);
        return ratios;
    }

    private static void compare(
            Bench bench,
            Rival rival,
            Rival.Match match,
            Inputs inputs,
            NativePrograms programs,
            List<Figure> ratios,
            List<Figure> times)
            throws Exception {
        var ratio = new ArrayList<Double>();
        var here = new ArrayList<Double>();
        var there = new ArrayList<Double>();
        var value = programs.file("value");
        try (var jvm = new OneJvm(1, inputs.folder())) {
            for (var run = 0; run < WARM_UPS; run++) {
                var _ = jvm.compute(match.job());
            }
            var program = programs.run(match.command()).program().orElse(rival.program());
            for (var run = 0; run < bench.runs(); run++) {
                var ours = jvm.compute(match.job(), value).seconds();
                var answer = programs.run(match.command());
                match.check().check(Files.readAllBytes(value), answer);
                here.add(ours);
                there.add(answer.seconds());
                ratio.add(answer.seconds() / ours);
                bench.say()
                        .accept("%s: kernel %.2f s, %s %.2f s"
                                .formatted(rival.name(), ours, rival.program(), answer.seconds()));
            }
            var name = "%s, %s's seconds over the kernel's".formatted(rival.name(), rival.program());
            ratios.add(Figure.atLeast(rival.floor(), name, "", ratio));
            times.add(Figure.of(rival.name() + ", kernel on one core", "s", here));
            times.add(Figure.of(rival.name() + ", " + program, "s", there));
        }
    }
}
