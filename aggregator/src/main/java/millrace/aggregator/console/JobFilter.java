package millrace.aggregator.console;

import java.util.List;
import java.util.Set;
import millrace.proto.BadInput;

/// Which jobs are meant.
///
/// @param states words of [millrace.proto.view.JobSummary#state]; empty for all
/// @param kernel its name, or empty for all
/// @param text   that the job mentions, or empty for all
/// @param ids    these only, or empty for all
record JobFilter(Set<String> states, String kernel, String text, Set<String> ids) {
    static final JobFilter ALL = new JobFilter(Set.of(), "", "", Set.of());

    JobFilter {
        states = Set.copyOf(states);
        ids = Set.copyOf(ids);
    }

    /// @throws BadInput when a field is not what it may be
    static JobFilter of(Body body) {
        return new JobFilter(body.words("states"), body.text("kernel"), body.text("text"), body.words("ids"));
    }

    boolean matches(JobRecord job) {
        return (ids.isEmpty() || ids.contains(job.id()))
                && (states.isEmpty() || states.contains(job.state()))
                && (kernel.isEmpty() || kernel.equals(job.spec().computation().kernel()))
                && (text.isEmpty() || job.mentions(text));
    }

    List<JobRecord> among(List<JobRecord> jobs) {
        return jobs.stream().filter(this::matches).toList();
    }
}
