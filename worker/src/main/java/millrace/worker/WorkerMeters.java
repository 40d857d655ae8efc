package millrace.worker;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import millrace.proto.Described;
import millrace.proto.Result;
import millrace.proto.ops.HttpAddress;
import millrace.proto.ops.KafkaMeters;
import millrace.proto.ops.Operations;
import org.jspecify.annotations.Nullable;

/// A worker's meters, and where they are served. There is one set for each kernel that the worker offers, and
/// one for all others, so that no sender of tasks can make more; all are there from the start, at 0.
final class WorkerMeters implements Telemetry {
    /// Times from 10 ms to 30 s: a task is meant to take 1 s.
    private static final Duration[] TIMES = Stream.of(10, 25, 50, 100, 200, 500, 1_000, 2_500, 5_000, 15_000, 30_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);

    private static final double[] BYTES = {100, 1_000, 10_000, 100_000, 1_000_000};

    private static final String OTHER = "other";

    /// The answers that are told apart.
    private enum Kind {
        DONE,
        FAILED,
        HANDED_BACK;

        static Kind of(Result.Answer answer) {
            return switch (answer) {
                case Result.Done _ -> DONE;
                case Result.Failed _ -> FAILED;
                case Result.HandedBack _ -> HANDED_BACK;
            };
        }

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// The meters of one kernel.
    private record OfKernel(
            Map<Kind, Counter> tasks,
            Map<Kind, Timer> compute,
            Timer queueWait,
            Counter cpuSeconds,
            Counter items,
            Counter redeliveries,
            DistributionSummary bytes) {}

    private final Map<String, OfKernel> kernels = new HashMap<>();
    private final Map<Long, String> computing = new HashMap<>();
    private final Map<Long, Result> answers = new HashMap<>();
    private @Nullable Operations served;

    private WorkerMeters() {}

    /// Starts to serve the meters of a worker that has not started yet.
    ///
    /// @param offered the kernels' names
    static WorkerMeters serve(HttpAddress address, Worker worker, List<String> offered) {
        var meters = new WorkerMeters();
        meters.served = Operations.start(address, "worker", worker, worker.loops(), registry -> {
            var names = new TreeSet<>(offered);
            names.add(OTHER);
            names.forEach(kernel -> meters.kernels.put(kernel, ofKernel(registry, kernel)));
            worker(registry, worker);
        });
        return meters;
    }

    private static OfKernel ofKernel(MeterRegistry registry, String kernel) {
        var tasks = new EnumMap<Kind, Counter>(Kind.class);
        var compute = new EnumMap<Kind, Timer>(Kind.class);
        for (var kind : Kind.values()) {
            tasks.put(
                    kind,
                    Counter.builder("millrace.tasks")
                            .description("Tasks answered")
                            .tags("kernel", kernel, "result", kind.label())
                            .register(registry));
            compute.put(
                    kind,
                    Timer.builder("millrace.task.compute")
                            .description("Time from the start of a task's computation to its end")
                            .tags("kernel", kernel, "result", kind.label())
                            .serviceLevelObjectives(TIMES)
                            .register(registry));
        }
        return new OfKernel(
                tasks,
                compute,
                Timer.builder("millrace.task.queue.wait")
                        .description("Time from a task's arrival at the worker to the start of its computation")
                        .tag("kernel", kernel)
                        .serviceLevelObjectives(TIMES)
                        .register(registry),
                Counter.builder("millrace.task.cpu.seconds")
                        .description("CPU time of the computing threads")
                        .tag("kernel", kernel)
                        .register(registry),
                Counter.builder("millrace.kernel.items")
                        .description("Items computed")
                        .tag("kernel", kernel)
                        .register(registry),
                Counter.builder("millrace.task.redeliveries")
                        .description("Tasks that came for the second time or more")
                        .tag("kernel", kernel)
                        .register(registry),
                DistributionSummary.builder("millrace.result.bytes")
                        .description("Size of the partial values")
                        .tag("kernel", kernel)
                        .serviceLevelObjectives(Arrays.copyOf(BYTES, BYTES.length))
                        .register(registry));
    }

    private static void worker(MeterRegistry registry, Worker worker) {
        Gauge.builder("millrace.worker.cores", worker, Worker::cores)
                .description("Cores that compute")
                .register(registry);
        Gauge.builder("millrace.worker.cores.busy", worker, Worker::coresBusy)
                .description("Cores that compute a task now")
                .register(registry);
        Gauge.builder("millrace.worker.tasks.held", worker, Worker::tasksHeld)
                .description("Tasks in hand that are not answered, or whose answer is not written")
                .register(registry);
        Gauge.builder("millrace.worker.task.memory", worker, Worker::memoryTaken)
                .description("Bytes of the heap that tasks being computed take, by declaration or estimate")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("millrace.worker.task.memory.max", worker, Worker::memoryMax)
                .description("Bytes of the heap that tasks may take")
                .baseUnit("bytes")
                .register(registry);
        FunctionCounter.builder("millrace.foreign.records", worker, Worker::foreign)
                .description("Records skipped because they are broken or none of this fleet's")
                .tags("topic", "tasks")
                .register(registry);
        worker.lanes().forEach((name, lane) -> KafkaMeters.shareConsumer(registry, name, lane::metrics));
        KafkaMeters.producer(registry, "results", worker.outboxMetrics());
    }

    @Override
    public void computing(long ticket, Ready<?> math) {
        var described = math.description().getClass().getAnnotation(Described.class);
        computing.put(ticket, described == null || !kernels.containsKey(described.name()) ? OTHER : described.name());
    }

    @Override
    public void answered(long ticket, Result result) {
        answers.put(ticket, result);
    }

    @Override
    public void written(long ticket) {
        var result = answers.remove(ticket);
        if (result == null) {
            throw new IllegalStateException("ticket " + ticket + " is written, but was never answered");
        }
        var computed = computing.remove(ticket);
        var meters = kernels.get(computed == null ? OTHER : computed);
        if (meters == null) {
            throw new IllegalStateException("no meters for " + OTHER);
        }
        var kind = Kind.of(result.answer());
        Objects.requireNonNull(meters.tasks.get(kind)).increment();
        if (result.delivery() > 1) {
            meters.redeliveries.increment();
        }
        if (computed != null) {
            Objects.requireNonNull(meters.compute.get(kind))
                    .record(Duration.ofNanos(result.cost().wallNanos()));
            meters.queueWait.record(Duration.ofNanos(result.cost().queueNanos()));
            meters.cpuSeconds.increment(result.cost().cpuNanos() / 1e9);
        }
        if (result.answer() instanceof Result.Done done) {
            meters.items.increment((double) result.items());
            meters.bytes.record((double) done.bytes());
        }
    }

    @Override
    public void close() {
        if (served != null) {
            served.close();
        }
    }
}
