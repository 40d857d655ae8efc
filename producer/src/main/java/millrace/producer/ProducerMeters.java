package millrace.producer;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.function.ToDoubleFunction;
import millrace.proto.ForeignRecord;
import millrace.proto.Topics;
import millrace.proto.ops.HttpAddress;
import millrace.proto.ops.KafkaMeters;
import millrace.proto.ops.Operations;
import org.jspecify.annotations.Nullable;

/// A producer's meters, and where they are served. What the feeder knows all producers tell alike, since the
/// standbys follow the same topics; what they have done only the active one.
final class ProducerMeters implements AutoCloseable {
    private @Nullable Operations served;
    private @Nullable MultiGauge workLeft;

    private ProducerMeters() {}

    /// Starts to serve the meters of a producer that has not started yet.
    static ProducerMeters serve(HttpAddress address, Producer producer, String group, int taskPartitions) {
        var meters = new ProducerMeters();
        meters.served = Operations.start(address, "producer", producer, producer.loops(), registry -> {
            meters.workLeft = MultiGauge.builder("millrace.work.left.core.seconds")
                    .description("Work left of all open jobs that are not paused, in seconds of one core")
                    .register(registry);
            feeder(registry, producer);
            shareGroup(registry, producer, group, taskPartitions);
            for (var reason : ForeignRecord.Reason.values()) {
                FunctionCounter.builder("millrace.foreign.records", producer, from -> from.foreign(reason))
                        .description("Records skipped because they are broken or none of this fleet's")
                        .tags("topic", "all", "reason", reason.name().toLowerCase(java.util.Locale.ROOT))
                        .register(registry);
            }
            for (var state : List.of(State.CLOSED, State.OPEN, State.HALF_OPEN)) {
                Gauge.builder("millrace.breaker", producer, from -> from.questions() == state ? 1 : 0)
                        .description("1 for the state that a circuit breaker is in")
                        .tags("breaker", "questions", "state", state.name().toLowerCase(java.util.Locale.ROOT))
                        .register(registry);
            }
            KafkaMeters.producer(registry, "tasks", producer.senderMetrics());
        });
        meters.tell(Figures.NONE);
        return meters;
    }

    private static void feeder(MeterRegistry registry, Producer producer) {
        counter(
                registry,
                producer,
                "millrace.tasks.emitted",
                "Tasks emitted",
                f -> f.counts().emitted());
        counter(
                registry,
                producer,
                "millrace.tasks.copied",
                "Copies of slow tasks",
                f -> f.counts().copies());
        counter(
                registry,
                producer,
                "millrace.tasks.lost",
                "Tasks found lost",
                f -> f.counts().lost());
        counter(
                registry,
                producer,
                "millrace.tasks.again",
                "Tasks emitted again after a failure, a hand-back or a failed send",
                f -> f.counts().again());
        counter(
                registry,
                producer,
                "millrace.producer.records.refused",
                "Orders and progress that fit no job: another spec under a known id, items outside the job",
                f -> f.counts().refused());
        gauge(
                registry,
                producer,
                "millrace.producer.feeding",
                "1 while this producer is the active one",
                p -> p.isFeeding() ? 1 : 0);
        gauge(
                registry,
                producer,
                "millrace.jobs.open",
                "Jobs that have not ended",
                p -> p.figures().openJobs());
        gauge(
                registry,
                producer,
                "millrace.tasks.outstanding",
                "Tasks cut and not counted yet",
                p -> p.figures().outstanding());
        gauge(
                registry,
                producer,
                "millrace.workers.live",
                "Workers heard of within 5 s",
                p -> p.figures().workers());
        gauge(
                registry,
                producer,
                "millrace.fleet.cores",
                "Cores of the live workers",
                p -> p.figures().cores());
    }

    private static void shareGroup(MeterRegistry registry, Producer producer, String group, int taskPartitions) {
        for (var partition = 0; partition < taskPartitions; partition++) {
            var of = partition;
            Gauge.builder("millrace.share.group.lag.records", producer, from -> from.lag(of))
                    .description("Tasks that the share group has not finished; unknown where no producer is active")
                    .tags(Tags.of("group", group, "topic", Topics.TASKS.name().toLowerCase(java.util.Locale.ROOT))
                            .and("partition", Integer.toString(of)))
                    .register(registry);
        }
        Gauge.builder("millrace.share.group.members", producer, Producer::shareGroupMembers)
                .description("Lanes in the share group, which has room for 200 by default")
                .tag("group", group)
                .register(registry);
    }

    private static void counter(
            MeterRegistry registry, Producer producer, String name, String text, ToDoubleFunction<Figures> value) {
        FunctionCounter.builder(name, producer, from -> value.applyAsDouble(from.figures()))
                .description(text)
                .register(registry);
    }

    private static void gauge(
            MeterRegistry registry, Producer producer, String name, String text, ToDoubleFunction<Producer> value) {
        Gauge.builder(name, producer, value).description(text).register(registry);
    }

    /// Takes what the feeder knows now: kernels come and go.
    void tell(Figures figures) {
        if (workLeft != null) {
            workLeft.register(
                    figures.coreSeconds().entrySet().stream()
                            .<MultiGauge.Row<?>>map(
                                    left -> MultiGauge.Row.of(Tags.of("kernel", left.getKey()), left.getValue()))
                            .toList(),
                    true);
        }
    }

    @Override
    public void close() {
        if (served != null) {
            served.close();
        }
    }
}
