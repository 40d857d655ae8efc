package millrace.aggregator.console;

import static org.assertj.core.api.Assertions.assertThat;

import millrace.proto.Computation;
import millrace.proto.Heartbeat;
import millrace.proto.JobOrder;
import millrace.proto.JobSpec;
import millrace.proto.Policy;
import millrace.proto.Ranges;
import millrace.proto.kernels.Primes;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// A job of 10^6 items and more, 1,000 workers: what the pages' data take is reported, their sizes are checked.
class LargeFleetTest {
    private static final int WORKERS = 1000;
    private static final int CORES = 8;

    private final FleetView view = new FleetView();

    @Test
    void pagesStaySmallWithAThousandWorkersAndAMillionItems() {
        var spec = millionItems();
        view.order(new JobOrder.Submit(spec), 1);
        view.caughtUp();
        var done = new Ranges();
        for (var i = 0L; i < spec.items() / 2; i += 40) {
            done.add(i, i + 30); // in 12,500 stretches: a ragged edge
        }
        view.progress(Records.progress("big", done, 1_000_000_000), 1);
        for (var second = 0; second < WorkerRecord.SECONDS; second++) {
            for (var worker = 0; worker < WORKERS; worker++) {
                view.heartbeat(
                        Records.heartbeat(
                                "worker-" + worker,
                                CORES,
                                Heartbeat.State.RUNNING,
                                Records.computing("big", 600_000L + (long) CORES * worker, CORES)),
                        second * 1_000_000_000L,
                        1);
            }
            view.tick(second * 1_000_000_000L, 1000L * second);
        }

        var nanos = 59_000_000_000L;
        assertThat(measured("overview", () -> Pages.overview(view, nanos))).isLessThan(100_000);
        assertThat(measured("jobs", () -> Pages.jobs(view, JobFilter.ALL))).isLessThan(5_000);
        assertThat(measured("job", () -> Pages.job(view, view.job("big").orElseThrow(), nanos)))
                .isLessThan(20_000);
        assertThat(measured("map", () -> TaskMap.of(view, view.job("big").orElseThrow())))
                .isLessThan(500_000);
        assertThat(measured("workers", () -> Pages.workers(view, nanos))).isLessThan(700_000);
    }

    private static JobSpec millionItems() {
        for (var to = 1L << 30; ; to *= 2) {
            var description = new Primes(0, to);
            var items = Computation.of(description).items();
            if (items >= 1_000_000) {
                return JobSpec.of(
                        "big",
                        4,
                        Computation.of(description),
                        0,
                        1_000_000,
                        description.join(),
                        Policy.DEFAULT,
                        new java.util.TreeMap<>(),
                        "");
            }
        }
    }

    private static int measured(String page, java.util.function.Supplier<ObjectNode> making) {
        var size = Json.bytes(making.get()).length;
        var started = System.nanoTime();
        for (var i = 0; i < 5; i++) {
            size = Json.bytes(making.get()).length;
        }
        System.out.printf(
                "console, 1,000 workers, 10^6 items: %s %.1f ms, %,d bytes%n",
                page, (System.nanoTime() - started) / 5e6, size);
        return size;
    }
}
