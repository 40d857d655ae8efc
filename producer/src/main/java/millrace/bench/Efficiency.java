package millrace.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import millrace.client.JobOptions;
import millrace.client.Millrace;
import millrace.proto.Description;
import millrace.proto.KernelType;
import millrace.proto.kernels.Mandelbrot;
import millrace.proto.kernels.MonteCarlo;
import millrace.proto.kernels.Primes;

/// What a fleet costs on top of the math: the seconds of one JVM on all cores over the seconds of a fleet of one
/// worker on the same cores, broker and all, in turns. What the fleet takes of the cores in the JVM's turns does not
/// count for the JVM. Both are warm: each has computed a part of the job before, and the fleet a job whose answer is known.
final class Efficiency implements Benchmark {
    private static final double TARGET = 0.97;

    /// A job whose work grows about linearly with its size.
    private interface Sized {
        Description of(double size);
    }

    @Override
    public String name() {
        return "efficiency";
    }

    @Override
    public String summary() {
        return "one JVM on all cores against the fleet on the same cores, in turns";
    }

    private static Map<String, Sized> kernels() {
        var kernels = new LinkedHashMap<String, Sized>();
        kernels.put("primes", size -> new Primes(0, (long) (1e9 * size)));
        kernels.put("mandelbrot", size -> {
            var texts = Map.of("width", "1600", "height", Long.toString(Math.max(1, (long) (100 * size))));
            return KernelType.of(Mandelbrot.class).parse(texts);
        });
        kernels.put("montecarlo", size -> {
            var texts = Map.of("paths", Long.toString(Math.max(1, (long) (1e6 * size))));
            return KernelType.of(MonteCarlo.class).parse(texts);
        });
        return kernels;
    }

    @Override
    public List<Figure> run(Bench bench) throws Exception {
        var figures = new ArrayList<Figure>();
        for (var kernel : kernels().entrySet()) {
            var name = "efficiency of " + kernel.getKey();
            bench.remarks()
                    .attempt(
                            name,
                            () -> figures.add(Figure.atLeast(
                                    TARGET, name, "", ratios(bench, kernel.getKey(), kernel.getValue()))));
        }
        return figures;
    }

    private static List<Double> ratios(Bench bench, String name, Sized kernel) throws Exception {
        try (var jvm = new OneJvm(bench.cores(), bench.data())) {
            var size = size(jvm, kernel, bench.seconds());
            try (var fleet = bench.fleet(1, bench.cores(), Map.of());
                    var millrace = Millrace.connect(fleet.cluster())) {
                var warmUp = kernel.of(size / 4);
                var known = Known.of(warmUp);
                known.check()
                        .check(bench.time(millrace, known.job(), JobOptions.DEFAULT)
                                .output());
                var _ = bench.time(millrace, warmUp, JobOptions.DEFAULT);
                return Turns.take(bench, jvm, fleet, millrace, name, kernel.of(size))
                        .ratios();
            }
        }
    }

    // Makes the JVM warm, too.
    private static double size(OneJvm jvm, Sized kernel, int seconds) throws Exception {
        var size = 1.0;
        var took = jvm.compute(kernel.of(size)).seconds();
        while (took < seconds / 8.0) {
            size *= Math.clamp(seconds / 4.0 / took, 2, 10);
            took = jvm.compute(kernel.of(size)).seconds();
        }
        return size * seconds / took;
    }
}
