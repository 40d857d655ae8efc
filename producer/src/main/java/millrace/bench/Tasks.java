package millrace.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import millrace.client.JobOptions;
import millrace.client.Millrace;
import millrace.proto.Policy;
import millrace.proto.kernels.Spin;

/// Tasks that compute nothing, one item each: how many records pass the whole path in a second, from the feeder to
/// the joined value, with the broker on the same cores.
final class Tasks implements Benchmark {
    private static final double TARGET = 53_000;
    private static final long TASKS_A_SECOND = 20_000;

    /// Long polls of many records, as suits tasks that take no time.
    private static final Map<String, String> SETTINGS = Map.of("worker.lane-records", "500");

    @Override
    public String name() {
        return "tasks";
    }

    @Override
    public String summary() {
        return "tasks without work a second, through the whole path, with " + SETTINGS;
    }

    @Override
    public List<Figure> run(Bench bench) throws Exception {
        var items = TASKS_A_SECOND * bench.seconds();
        var single = JobOptions.DEFAULT.withPolicy(Policy.DEFAULT.withTaskItems(1));
        var rates = new ArrayList<Double>();
        try (var fleet = bench.fleet(1, bench.cores(), SETTINGS);
                var millrace = Millrace.connect(fleet.cluster())) {
            var _ = bench.time(millrace, new Spin(items / 4, 0), single);
            for (var run = 0; run < bench.runs(); run++) {
                var timed = bench.time(millrace, new Spin(items, 0), single);
                Bench.check("the sum of " + items + " items", timed.text(), Long.toString(items * (items - 1) / 2));
                rates.add(items / timed.seconds());
            }
        }
        return List.of(Figure.atLeast(TARGET, "tasks a second", "1/s", rates));
    }
}
