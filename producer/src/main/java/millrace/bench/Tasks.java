package millrace.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import millrace.client.JobOptions;
import millrace.client.Millrace;
import millrace.proto.Policy;
import millrace.proto.kernels.Spin;

/// Tasks that compute nothing, one item each: how many records pass the whole path in a second, from the feeder to
/// the joined value, with the broker on the same cores. Beside it, in turns, Python's `multiprocessing.Pool` with as
/// many processes as cores and one task in a message, in each of the forms it has; the best of them in each turn is
/// what the fleet should be ahead of.
final class Tasks implements Benchmark {
    /// Of a pool on a machine like the one that this was written on, where there is no Python to ask.
    private static final double TARGET = 53_000;

    private static final long TASKS_A_SECOND = 50_000;

    /// A fleet is at its speed after about half a minute, in whose beginning its compilers take a third of the cores.
    private static final int WARM_RUNS = 2;

    private static final List<String> FORMS = List.of("imap_unordered", "map", "apply_async");

    /// Long polls of many records, as suits tasks that take no time.
    private static final Map<String, String> SETTINGS = Collections.unmodifiableMap(
            new TreeMap<>(Map.of("worker.lane-records", "1000", "producer.task-partitions", "2")));

    @Override
    public String name() {
        return "tasks";
    }

    @Override
    public String summary() {
        return "tasks without work a second, through the whole path, against multiprocessing.Pool";
    }

    @Override
    public Map<String, String> settings() {
        return SETTINGS;
    }

    @Override
    public List<Figure> run(Bench bench) throws Exception {
        var items = TASKS_A_SECOND * bench.seconds();
        var single = JobOptions.DEFAULT.withPolicy(Policy.DEFAULT.withTaskItems(1));
        var rates = new ArrayList<Double>();
        var pools = new LinkedHashMap<String, List<Double>>();
        var besides = new ArrayList<Beside>();
        try (var programs = new NativePrograms();
                var fleet = bench.fleet(1, bench.cores(), settings());
                var millrace = Millrace.connect(fleet.cluster())) {
            var commands = pools(bench, programs, items);
            for (var run = 0; run < WARM_RUNS; run++) {
                var _ = bench.time(millrace, new Spin(items, 0), single);
            }
            for (var run = 0; run < bench.runs(); run++) {
                var timed = bench.time(millrace, new Spin(items, 0), single);
                Bench.check("the sum of " + items + " items", timed.text(), Long.toString(sum(items)));
                rates.add(items / timed.seconds());
                for (var form : commands.entrySet()) {
                    var watch = new Beside.Watch(fleet);
                    var answer = programs.run(form.getValue());
                    var beside = watch.end(bench.cores());
                    besides.add(beside);
                    Bench.check(form.getKey() + "'s sum of " + items + " items", answer.integer("Sum"), sum(items));
                    pools.computeIfAbsent(form.getKey(), _ -> new ArrayList<>())
                            .add(items / beside.without(answer.seconds()));
                }
            }
        }
        if (!besides.isEmpty()) {
            bench.remarks().add(Beside.remark("multiprocessing.Pool", besides));
        }
        return figures(rates, pools);
    }

    private static long sum(long items) {
        return items * (items - 1) / 2;
    }

    // The command of each form; none where there is no Python.
    private static Map<String, List<String>> pools(Bench bench, NativePrograms programs, long items)
            throws IOException, InterruptedException {
        var commands = new LinkedHashMap<String, List<String>>();
        try {
            var python = programs.python().toString();
            var source = programs.source("pool.py").toString();
            for (var form : FORMS) {
                commands.put(
                        form, List.of(python, source, form, Integer.toString(bench.cores()), Long.toString(items)));
            }
        } catch (MissingProgram e) {
            bench.say().accept("not compared with multiprocessing.Pool: " + e.getMessage());
        }
        return commands;
    }

    /// @param rates of the fleet, one for each turn
    /// @param pools the rates of each form that was measured, in the same turns
    static List<Figure> figures(List<Double> rates, Map<String, List<Double>> pools) {
        if (pools.isEmpty()) {
            return List.of(Figure.atLeast(TARGET, "tasks a second", "1/s", rates));
        }
        var figures = new ArrayList<Figure>();
        figures.add(Figure.of("tasks a second", "1/s", rates));
        figures.add(Figure.atLeast(1, "the fleet's rate over the best pool's, per turn", "", ratios(rates, pools)));
        pools.forEach((form, ofForm) ->
                figures.add(Figure.of("tasks a second, multiprocessing.Pool, " + form, "1/s", ofForm)));
        return figures;
    }

    private static List<Double> ratios(List<Double> rates, Map<String, List<Double>> pools) {
        var ratios = new ArrayList<Double>();
        for (var turn = 0; turn < rates.size(); turn++) {
            var best = 0.0;
            for (var ofForm : pools.values()) {
                best = Math.max(best, ofForm.get(turn));
            }
            ratios.add(rates.get(turn) / best);
        }
        return ratios;
    }
}
