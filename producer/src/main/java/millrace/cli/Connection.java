package millrace.cli;

import java.util.function.Supplier;
import millrace.client.Job;
import millrace.client.Millrace;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import millrace.proto.Text;
import millrace.proto.Topics;
import millrace.proto.view.JobSummary;

/// What commands that ask a fleet have in common: it has to be there, and so has the job.
final class Connection {
    private Connection() {}

    static Millrace open(ClusterOptions cluster, Shell shell) {
        return Millrace.connect(cluster.require(shell));
    }

    /// @throws Refusal when there is no such job ([ExitCode#NOT_FOUND])
    static Job job(Millrace millrace, String id) {
        return millrace.job(id).orElseThrow(notFound(id));
    }

    /// @throws Refusal when there is no such job ([ExitCode#NOT_FOUND])
    static JobSummary summary(Millrace millrace, String id) {
        return millrace.summary(id).orElseThrow(notFound(id));
    }

    private static Supplier<Refusal> notFound(String id) {
        return () -> new Refusal(
                ExitCode.NOT_FOUND,
                "job '" + Text.line(id, 100) + "' is not known to this fleet, which keeps jobs for "
                        + Topics.JOBS.retention().toDays() + " days; 'millrace jobs' lists them");
    }
}
