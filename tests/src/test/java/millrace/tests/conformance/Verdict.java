package millrace.tests.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import millrace.tests.model.ModelKafka;
import org.jspecify.annotations.Nullable;

/// What a comparison of the model with a broker's trace came to.
sealed interface Verdict {
    /// Every step showed the same.
    record Agrees() implements Verdict {}

    /// The script ran so unevenly that it lay with a tenth of a unit whether something had run out; it says
    /// nothing.
    record Undecided(int step, List<String> outcomes) implements Verdict {}

    /// The model is not the broker.
    record Differs(Trace trace, int step, String model) implements Verdict {
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder("%s%nstep %d: %s%n  broker: %s%n  model:  %s%nwhat went before:%n"
                    .formatted(
                            trace.script(),
                            step,
                            trace.script().steps().get(step),
                            trace.seen().get(step).outcome(),
                            model));
            for (int i = 0; i < step; i++) {
                Trace.Seen seen = trace.seen().get(i);
                text.append("  %6d ms  %s -> %s%n"
                        .formatted(
                                seen.startMillis() - trace.seen().getFirst().startMillis(),
                                trace.script().steps().get(i),
                                seen.outcome()));
            }
            return text.toString();
        }
    }

    /// What the broker chose where it is free to choose: which member leads a group whose leader is gone, and
    /// whether of two records that ran out of deliveries at about the same time the second one's write already
    /// knew of the first.
    final class Broker {
        private Trace.@Nullable Seen seen;

        int leader() {
            return seen == null ? -1 : seen.leader();
        }

        long listedStart(int partition) {
            return seen == null ? -1 : seen.listed().getOrDefault(partition, -1L);
        }
    }

    /// Runs a trace's script on the model, with the model's clock at the times at which the broker did each step.
    ///
    /// It runs four times: with locks, sessions and transactions a tenth shorter and a tenth longer, and every
    /// step at the beginning and at the end of the time that it took. Only where all four agree can the broker be
    /// held to it.
    static Verdict of(Trace trace, Function<LongSupplier, ModelKafka> newKafka) {
        Broker broker = new Broker();
        List<ModelWorld> worlds = new ArrayList<>();
        for (double stretch : new double[] {0.9, 0.9, 1.1, 1.1}) {
            worlds.add(new ModelWorld(trace.script(), newKafka, stretch, broker));
        }
        for (int i = 0; i < trace.script().steps().size(); i++) {
            Step step = trace.script().steps().get(i);
            Trace.Seen seen = trace.seen().get(i);
            broker.seen = seen;
            List<String> outcomes = new ArrayList<>();
            for (int w = 0; w < worlds.size(); w++) {
                boolean early = step instanceof Step.Stop || (w % 2 == 0 && !waits(step));
                worlds.get(w).at(early ? seen.startMillis() : seen.endMillis());
                outcomes.add(worlds.get(w).perform(step));
            }
            if (outcomes.stream().distinct().count() > 1) {
                return new Undecided(i, outcomes);
            }
            if (!outcomes.getFirst().equals(seen.outcome())) {
                return new Differs(trace, i, outcomes.getFirst());
            }
        }
        return new Agrees();
    }

    /// Whether a step is nothing but time that passes: what happens within it is seen when it is over.
    private static boolean waits(Step step) {
        return step instanceof Step.Pass
                || step instanceof Step.Gather
                || step instanceof Step.Start
                || step instanceof Step.Resume;
    }
}
