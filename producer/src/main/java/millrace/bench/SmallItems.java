package millrace.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import millrace.client.JobOptions;
import millrace.client.Millrace;
import millrace.proto.kernels.Spin;

/// Jobs of many short items: the time that the items keep the cores busy over the time that the fleet takes. An item
/// ends by the clock, also when something else had its core meanwhile, so what counts is the CPU time of the tasks.
final class SmallItems implements Benchmark {
    /// @param micros an item's time
    private record Case(double micros, double target) {}

    private static final List<Case> CASES = List.of(new Case(100, 0.8), new Case(1_000, 0.9), new Case(10_000, 0.97));

    @Override
    public String name() {
        return "small";
    }

    @Override
    public String summary() {
        return "efficiency with items of 0.1, 1 and 10 ms";
    }

    @Override
    public List<Figure> run(Bench bench) throws Exception {
        var figures = new ArrayList<Figure>();
        try (var fleet = bench.fleet(1, bench.cores(), Map.of());
                var millrace = Millrace.connect(fleet.cluster())) {
            for (var one : CASES) {
                var name = "efficiency with items of %s ms".formatted(one.micros() / 1000);
                bench.remarks()
                        .attempt(
                                name,
                                () -> figures.add(
                                        Figure.atLeast(one.target(), name, "", ratios(bench, millrace, one.micros()))));
            }
        }
        return figures;
    }

    private static List<Double> ratios(Bench bench, Millrace millrace, double micros) throws Exception {
        var items = (long) (bench.seconds() * 1e6 * bench.cores() / micros);
        var ratios = new ArrayList<Double>();
        for (var run = 0; run < bench.runs(); run++) {
            var timed = bench.time(millrace, new Spin(items, micros), JobOptions.DEFAULT);
            Bench.check("the sum of " + items + " items", timed.text(), Long.toString(items * (items - 1) / 2));
            ratios.add(efficiency(items * micros / 1e6, timed.cpuSeconds(), bench.cores(), timed.seconds()));
        }
        return ratios;
    }

    /// The share of the cores' time that was the items'. What the tasks spend beyond that is the fleet's.
    ///
    /// @param nominal what the items are to take, in seconds of one core
    /// @param cpu     of the tasks, in seconds
    /// @param seconds from submitting the job to its ending, above 0
    static double efficiency(double nominal, double cpu, int cores, double seconds) {
        return Math.min(nominal, cpu) / cores / seconds;
    }
}
