package millrace.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import millrace.client.Job;
import millrace.client.Millrace;
import millrace.proto.BadInput;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import millrace.proto.view.JobSummary;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The commands that order something about jobs that run. An order is durable when the command returns, and is
/// carried out soon after.
final class OrderCommands {
    private OrderCommands() {}

    static void add(CommandLine parent, Shell shell) {
        parent.addSubcommand(new Cancel(shell));
        parent.addSubcommand(new Pause(shell));
        parent.addSubcommand(new Resume(shell));
        var priority = new CommandLine(new Priority(shell));
        priority.setUnmatchedOptionsArePositionalParams(true); // -3 is a number
        parent.addSubcommand("priority", priority);
        parent.addSubcommand(new Remove(shell));
    }

    /// One order for one or several jobs.
    abstract static class Order implements Callable<Integer> {
        @Mixin
        Help help = new Help();

        @Mixin
        ClusterOptions cluster = new ClusterOptions();

        private final Shell shell;

        Order(Shell shell) {
            this.shell = shell;
        }

        abstract List<String> ids();

        /// @return what was ordered, for people
        abstract String order(Millrace millrace, JobSummary summary, Job job) throws InterruptedException;

        /// Whether the order makes sense for a job that has ended.
        boolean forEnded() {
            return false;
        }

        @Override
        public Integer call() throws InterruptedException {
            try (var millrace = Connection.open(cluster, shell)) {
                return each(shell, ids(), id -> one(millrace, id));
            }
        }

        private void one(Millrace millrace, String id) throws InterruptedException {
            var summary = Connection.summary(millrace, id);
            if (summary.ending() != null && !forEnded()) {
                shell.say("job " + id + " has already ended: " + summary.state());
            } else {
                shell.say("job " + id + ": " + order(millrace, summary, Connection.job(millrace, id)));
            }
        }
    }

    interface ForOne {
        void order(String id) throws InterruptedException;
    }

    /// Orders for each job, also after one that is unknown or does not fit.
    ///
    /// @return the largest exit status of all
    /// @throws Refusal when there is no going on: Kafka is away
    static int each(Shell shell, List<String> ids, ForOne order) throws InterruptedException {
        var status = ExitCode.SUCCEEDED.number();
        for (var id : ids) {
            try {
                order.order(id);
            } catch (BadInput e) {
                status = Math.max(status, Failures.tell(shell, e));
            } catch (Refusal e) {
                if (e.code() != ExitCode.NOT_FOUND) {
                    throw e;
                }
                status = Math.max(status, Failures.tell(shell, e));
            }
        }
        return status;
    }

    /// One order for all jobs that are named.
    abstract static class OrderForMany extends Order {
        @Parameters(arity = "1..*", paramLabel = "ID", description = "Job ids.")
        List<String> ids = new ArrayList<>();

        OrderForMany(Shell shell) {
            super(shell);
        }

        @Override
        List<String> ids() {
            return ids;
        }
    }

    @Command(name = "cancel", description = "Ends jobs; their tasks stop within seconds.")
    static final class Cancel extends OrderForMany {
        @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for those who look at the job.")
        String reason = "";

        Cancel(Shell shell) {
            super(shell);
        }

        @Override
        String order(Millrace millrace, JobSummary summary, Job job) throws InterruptedException {
            job.cancel(reason);
            return "cancel is ordered";
        }
    }

    @Command(name = "pause", description = "Lets no more tasks of jobs start.")
    static final class Pause extends OrderForMany {
        Pause(Shell shell) {
            super(shell);
        }

        @Override
        String order(Millrace millrace, JobSummary summary, Job job) throws InterruptedException {
            job.pause();
            return "pause is ordered; go on with 'millrace resume " + job.id() + "'";
        }
    }

    @Command(name = "resume", description = "Goes on with paused jobs.")
    static final class Resume extends OrderForMany {
        Resume(Shell shell) {
            super(shell);
        }

        @Override
        String order(Millrace millrace, JobSummary summary, Job job) throws InterruptedException {
            job.resume();
            return "resume is ordered";
        }
    }

    @Command(name = "priority", description = "Changes a job's share of the fleet: each step doubles it.")
    static final class Priority extends Order {
        @Parameters(index = "0", paramLabel = "ID", description = "The job's id.")
        String id = "";

        @Parameters(index = "1", paramLabel = "P", description = "-10..10; jobs start with 0 unless told.")
        String priority = "";

        Priority(Shell shell) {
            super(shell);
        }

        @Override
        List<String> ids() {
            return List.of(id);
        }

        @Override
        String order(Millrace millrace, JobSummary summary, Job job) throws InterruptedException {
            var number = (int) Numbers.whole("P", priority, -10, 10);
            job.priority(number);
            return "priority " + number + " is ordered (was " + summary.priority() + ")";
        }
    }

    @Command(name = "rm", description = "Forgets jobs that have ended.")
    static final class Remove extends OrderForMany {
        Remove(Shell shell) {
            super(shell);
        }

        @Override
        boolean forEnded() {
            return true;
        }

        @Override
        String order(Millrace millrace, JobSummary summary, Job job) throws InterruptedException {
            millrace.remove(summary);
            return "removed";
        }
    }
}
