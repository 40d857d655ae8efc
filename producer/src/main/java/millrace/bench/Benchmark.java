package millrace.bench;

import java.util.List;
import java.util.Map;

/// One of the benchmarks: makes what it measures, measures it, and takes it down again.
interface Benchmark {
    String name();

    /// One line for people.
    String summary();

    /// Settings of the roles that it needs, by key; those of the command line are in front of them.
    default Map<String, String> settings() {
        return Map.of();
    }

    /// The figures, the one or two that matter first. One whose failure would leave others to measure is measured in
    /// [Remarks#attempt].
    ///
    /// @throws WrongAnswer when what was computed is not what it must be
    List<Figure> run(Bench bench) throws Exception;
}
