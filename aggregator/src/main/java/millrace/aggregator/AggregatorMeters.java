package millrace.aggregator;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Locale;
import millrace.aggregator.Counters.Event;
import millrace.proto.ForeignRecord;
import millrace.proto.Topics;
import millrace.proto.ops.HttpAddress;
import millrace.proto.ops.KafkaMeters;
import millrace.proto.ops.Operations;

/// An aggregator's meters: what its counters count, and how its partitions are.
final class AggregatorMeters {
    private static final List<Event> RESULTS = List.of(
            Event.COUNTED,
            Event.DUPLICATE,
            Event.LATE,
            Event.FAILED,
            Event.FAILED_AGAIN,
            Event.HANDED_BACK,
            Event.COVERED);

    private static final List<Event> ENDED =
            List.of(Event.SUCCEEDED, Event.PARTIAL, Event.JOB_FAILED, Event.CANCELLED, Event.EXPIRED);

    private AggregatorMeters() {}

    static Operations serve(HttpAddress address, Aggregator aggregator) {
        return Operations.start(
                address, "aggregator", aggregator, aggregator.loops(), registry -> bind(registry, aggregator));
    }

    private static void bind(MeterRegistry registry, Aggregator aggregator) {
        var counters = aggregator.counters();
        for (var result : RESULTS) {
            FunctionCounter.builder("millrace.aggregator.results", counters, from -> from.count(result))
                    .description("Results read, by what became of them; a takeover reads some again")
                    .tag("result", label(result))
                    .register(registry);
        }
        for (var state : ENDED) {
            FunctionCounter.builder("millrace.jobs.ended", counters, from -> from.count(state))
                    .description("Jobs ended by this aggregator")
                    .tag("state", state == Event.JOB_FAILED ? "failed" : label(state))
                    .register(registry);
        }
        counter(registry, counters, Event.OPENED, "millrace.jobs.opened", "Jobs opened; a takeover opens them again");
        counter(registry, counters, Event.DEAD_LETTER, "millrace.dead.letters", "Tasks given up");
        counter(registry, counters, Event.SNAPSHOT, "millrace.aggregator.snapshots", "States of long jobs saved");
        counter(registry, counters, Event.TRANSACTION, "millrace.aggregator.transactions", "Transactions committed");
        counter(registry, counters, Event.TAKEOVER, "millrace.aggregator.takeovers", "Partitions taken over");
        counter(
                registry,
                counters,
                Event.CLASHING_ORDER,
                "millrace.orders.clashing",
                "Submissions with the id of another job, refused");
        counter(
                registry,
                counters,
                Event.REPEATED_ORDER,
                "millrace.orders.repeated",
                "Submissions of a job that is known, as it is; a takeover reads some again");
        counter(
                registry,
                counters,
                Event.VOID_ORDER,
                "millrace.orders.void",
                "Orders about jobs that nobody submitted, or too old to be of an open job; a takeover reads some again");
        counter(registry, counters, Event.REMOVED, "millrace.jobs.removed", "Ended jobs forgotten by order");
        for (var topic : List.of(Topics.JOBS, Topics.RESULTS, Topics.SNAPSHOTS, Topics.ENDINGS)) {
            for (var reason : ForeignRecord.Reason.values()) {
                FunctionCounter.builder("millrace.foreign.records", counters, from -> from.foreign(topic, reason))
                        .description("Records skipped because they are broken or none of this fleet's")
                        .tags("topic", label(topic), "reason", label(reason))
                        .register(registry);
            }
        }
        Gauge.builder("millrace.aggregator.partitions", aggregator, Aggregator::partitions)
                .description("Partitions that this aggregator owns")
                .register(registry);
        Gauge.builder("millrace.aggregator.partitions.caught.up", aggregator, Aggregator::partitionsCaughtUp)
                .description("Partitions whose takeover is over")
                .register(registry);
        Gauge.builder("millrace.aggregator.lag.records", aggregator, Aggregator::lagRecords)
                .description("Results that the partition furthest behind has still to be read; -1 when not known")
                .register(registry);
        Gauge.builder("millrace.aggregator.backlog.bytes", aggregator, Aggregator::backlogBytes)
                .description("Bytes of records read that wait to be joined")
                .register(registry);
        var console = aggregator.console();
        if (console != null) {
            for (var state : List.of(State.CLOSED, State.OPEN, State.HALF_OPEN)) {
                Gauge.builder("millrace.breaker", console, from -> from.breaker() == state ? 1 : 0)
                        .description("1 for the state that a circuit breaker is in")
                        .tags("breaker", "console-cluster", "state", label(state))
                        .register(registry);
            }
        }
        KafkaMeters.consumer(registry, "group", aggregator.memberMetrics());
        KafkaMeters.producer(registry, "progress", aggregator.progressMetrics());
    }

    private static void counter(
            MeterRegistry registry, Counters counters, Event event, String name, String description) {
        FunctionCounter.builder(name, counters, from -> from.count(event))
                .description(description)
                .register(registry);
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
