package millrace.cli;

import java.util.Locale;
import java.util.Optional;
import millrace.proto.JobSpec;
import tools.jackson.databind.node.ObjectNode;

/// What a job would take, from what an item of its kernel cost before.
///
/// @param spec     of the job
/// @param item     what an item is
/// @param measured what an item cost; empty when no job of the kernel has ended yet
/// @param cores    that would compute
record Estimate(JobSpec spec, String item, Optional<Measured> measured, int cores) {
    // A task's record and its result's, without the value.
    private static final long TASK_BYTES = 800;

    double cpuSeconds() {
        return measured.map(known -> known.itemSeconds() * spec.items()).orElse(Double.NaN);
    }

    double wallSeconds() {
        return cpuSeconds() / cores;
    }

    long tasks() {
        var taskItems = spec.policy().taskItems();
        if (taskItems > 0) {
            return Math.ceilDiv(spec.items(), taskItems);
        }
        var taskSeconds = spec.policy().taskTime().toMillis() / 1000.0;
        return Math.clamp(Math.round(cpuSeconds() / taskSeconds), Math.min(1, spec.items()), spec.items());
    }

    long valueBytes() {
        return measured.map(known -> Math.round(known.itemBytes() * spec.items()))
                .orElse(0L);
    }

    long kafkaBytes() {
        return valueBytes() + TASK_BYTES * tasks();
    }

    ObjectNode json() {
        var json = Report.JSON.createObjectNode();
        json.put(
                "kernel", spec.computation().kernel() + "@" + spec.computation().version());
        json.put("items", spec.items());
        json.put("cores", cores);
        json.put("tasks", measured.isPresent() ? tasks() : null);
        json.put("cpuSeconds", measured.isPresent() ? cpuSeconds() : null);
        json.put("wallSeconds", measured.isPresent() ? wallSeconds() : null);
        json.put("valueBytes", measured.isPresent() ? valueBytes() : null);
        json.put("kafkaBytes", measured.isPresent() ? kafkaBytes() : null);
        json.put("measuredOn", measured.map(Measured::job).orElse(null));
        return json;
    }

    /// A few lines for people.
    String text() {
        var kernel = spec.computation().kernel() + "@" + spec.computation().version();
        var first = String.format(Locale.ROOT, "items  %,d of %s; an item is %s%n", spec.items(), kernel, item);
        if (measured.isEmpty()) {
            return first + "time   not known: no job of " + kernel
                    + " has ended here yet%nbytes  not known%n".formatted();
        }
        return first
                + String.format(
                        Locale.ROOT,
                        "time   about %s on %s (%s of CPU time), in about %,d tasks%n"
                                + "bytes  about %s of values, %s through Kafka%n"
                                + "as job %s cost (%s)%n",
                        Units.time(wallSeconds()),
                        Units.plural(cores, "core", "cores"),
                        Units.time(cpuSeconds()),
                        tasks(),
                        Units.bytes(valueBytes()),
                        Units.bytes(kafkaBytes()),
                        measured.get().job(),
                        measured.get().command());
    }
}
