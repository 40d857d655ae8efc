package millrace.aggregator.console;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import millrace.proto.DeadLetter;
import millrace.proto.Result;
import tools.jackson.databind.node.ArrayNode;

/// Failures grouped by what they have in common: their kind, and their message without its numbers.
final class Causes {
    private static final int SHOWN_MAX = 50;

    private static final class Group {
        private long failures;
        private String message = "";
        private String stack = "";
        private long first = -1;
        private long end = -1;
        private final TreeSet<String> workers = new TreeSet<>();
        private final TreeSet<String> jobs = new TreeSet<>();
    }

    private record Likeness(String kind, String pattern) {}

    private final Map<Likeness, Group> groups = new LinkedHashMap<>();

    private Causes() {}

    static Causes of(List<DeadLetter> letters) {
        var causes = new Causes();
        for (var letter : letters) {
            for (var cause : letter.causes()) {
                causes.add(
                        cause.kind(),
                        cause.message(),
                        cause.stack(),
                        cause.worker(),
                        letter.job(),
                        cause.first(),
                        cause.end());
            }
        }
        return causes;
    }

    /// Adds those of a job that are no dead letters: of what will be tried again, and what failed the job.
    Causes with(JobRecord job) {
        var latest = job.latest();
        if (latest != null) {
            for (var again : latest.again()) {
                var failed = again.why().failed();
                if (failed != null) {
                    add(failed, again.why().line(), "", "", job.id(), again.first(), again.end());
                }
            }
        }
        var ending = job.ending();
        var failure = ending == null ? null : ending.failure();
        if (failure != null) {
            add(
                    failure.kind(),
                    failure.message(),
                    failure.stack(),
                    failure.worker(),
                    job.id(),
                    failure.first(),
                    failure.end());
        }
        return this;
    }

    private void add(
            Result.FailureKind kind, String message, String stack, String worker, String job, long first, long end) {
        var group =
                groups.computeIfAbsent(new Likeness(kind.name(), message.replaceAll("[0-9]+", "#")), _ -> new Group());
        group.failures++;
        group.jobs.add(job);
        if (!worker.isEmpty()) {
            group.workers.add(worker);
        }
        if (group.first < 0) {
            group.message = message;
            group.first = first;
            group.end = end;
        }
        if (group.stack.isEmpty()) {
            group.stack = stack;
        }
    }

    /// The most frequent first.
    void write(ArrayNode to) {
        groups.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<Likeness, Group> one) -> one.getValue().failures)
                        .reversed())
                .limit(SHOWN_MAX)
                .forEach(one -> {
                    var group = one.getValue();
                    to.addObject()
                            .put("kind", one.getKey().kind())
                            .put("failures", group.failures)
                            .put("message", group.message)
                            .put("stack", group.stack)
                            .put("first", group.first)
                            .put("end", group.end)
                            .put("workers", group.workers.size())
                            .put("worker", group.workers.isEmpty() ? "" : group.workers.getFirst())
                            .put("jobs", group.jobs.size())
                            .put("job", group.jobs.getFirst());
                });
    }
}
