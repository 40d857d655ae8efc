package millrace.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import millrace.client.JobOptions;
import millrace.client.Millrace;

/// A published workload in one JVM on all cores and on a fleet of one worker on the same cores, in turns. Inputs are
/// made and put before any clock starts. The JVM is warm; the fleet's first job is a figure of its own, as with it the
/// worker fetches its inputs and the compiler does its work.
final class Published implements Benchmark {
    private static final int WARM_UPS = 3;

    private final Workload workload;

    Published(Workload workload) {
        this.workload = workload;
    }

    @Override
    public String name() {
        return workload.name();
    }

    @Override
    public String summary() {
        return workload.summary();
    }

    @Override
    public List<Figure> run(Bench bench) throws Exception {
        try (var inputs = new Inputs(bench.data());
                var jvm = new OneJvm(bench.cores(), inputs.folder())) {
            bench.say().accept("making the inputs");
            var weak = workload.weak(inputs, bench.cores());
            var took = Double.MAX_VALUE;
            for (var run = 0; run < WARM_UPS; run++) {
                took = Math.min(took, jvm.compute(weak).seconds());
            }
            var others = workload.others(inputs, weak, bench.cores(), Math.max(1, bench.seconds() / took));
            try (var fleet = bench.fleet(1, bench.cores(), Map.of());
                    var millrace = Millrace.connect(fleet.cluster())) {
                inputs.put(millrace);
                var cold = bench.time(millrace, weak, JobOptions.DEFAULT);
                workload.check(bench.time(millrace, workload.checked(weak), JobOptions.DEFAULT)
                        .output());
                for (var run = 0; run < WARM_UPS; run++) {
                    var _ = bench.time(millrace, weak, JobOptions.DEFAULT);
                }
                var figures = new ArrayList<Figure>();
                var digests = new LinkedHashMap<String, String>();
                for (var form : others) {
                    bench.remarks().attempt(form.name(), () -> {
                        var turns = Turns.take(bench, jvm, fleet, millrace, form.name(), form.job());
                        digests.put(form.name(), turns.digest());
                        checkDigests(workload, digests);
                        figures.addAll(fixedWork(form, turns));
                    });
                }
                bench.remarks().attempt("as published", () -> {
                    var turns = Turns.take(bench, jvm, fleet, millrace, "as published", weak);
                    var published = new ArrayList<>(seconds(turns, "as published"));
                    published.add(Figure.of("efficiency, as published", "", turns.ratios()));
                    published.add(Figure.of("the fleet's first job, as published", "s", List.of(cold.seconds())));
                    // What is asked for first: the ratio for fixed work, and the time of the published job.
                    figures.addAll(Math.min(1, figures.size()), published);
                });
                return figures;
            }
        }
    }

    /// @param digests of the outputs so far, by form
    /// @throws WrongAnswer when the workload says that they are the same and they are not
    static void checkDigests(Workload workload, Map<String, String> digests) throws WrongAnswer {
        if (workload.othersAgree() && Set.copyOf(digests.values()).size() > 1) {
            throw new WrongAnswer("the digests must be the same: " + digests);
        }
    }

    private static List<Figure> fixedWork(Workload.Variant form, Turns turns) {
        var name = "efficiency, " + form.name();
        var figures = new ArrayList<Figure>();
        figures.add(
                form.target() > 0
                        ? Figure.atLeast(form.target(), name, "", turns.ratios())
                        : Figure.of(name, "", turns.ratios()));
        figures.addAll(seconds(turns, form.name()));
        return figures;
    }

    private static List<Figure> seconds(Turns turns, String form) {
        return List.of(
                Figure.of("fleet, " + form, "s", turns.fleets()),
                Figure.of("one JVM on all cores, " + form, "s", turns.alone()));
    }
}
