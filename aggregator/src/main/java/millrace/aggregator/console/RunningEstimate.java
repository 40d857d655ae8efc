package millrace.aggregator.console;

import millrace.proto.ExactSum;
import millrace.proto.kernels.MonteCarlo;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// What a simulation says so far, with its standard error, and how it came there. Any thread.
final class RunningEstimate {
    private final @Nullable MonteCarlo option;
    private final ExactSum[] sums = new ExactSum[MonteCarlo.SUMS];
    private long paths;

    RunningEstimate(@Nullable MonteCarlo option) {
        this.option = option;
        for (var i = 0; i < sums.length; i++) {
            sums[i] = new ExactSum();
        }
    }

    /// Adds a partial value.
    synchronized void add(byte[] value, long morePaths) {
        var more = ExactSum.decode(value);
        for (var i = 0; i < sums.length; i++) {
            sums[i].add(more[i]);
        }
        paths += morePaths;
    }

    synchronized ObjectNode write() {
        var node = Json.object().put("paths", paths);
        if (option == null || paths < 2) {
            return node;
        }
        var now = option.estimate(encoded(), paths);
        quantity(node.putObject("price"), now.mean().price(), now.error().price());
        quantity(node.putObject("delta"), now.mean().delta(), now.error().delta());
        quantity(node.putObject("vega"), now.mean().vega(), now.error().vega());
        option.closedForm().ifPresent(exact -> node.put("exact", exact.price()));
        return node;
    }

    private static void quantity(ObjectNode node, double mean, double error) {
        Json.put(node, "mean", mean);
        Json.put(node, "error", error);
    }

    private byte[] encoded() {
        return ExactSum.encode(sums);
    }
}
