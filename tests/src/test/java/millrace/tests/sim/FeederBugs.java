package millrace.tests.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import millrace.producer.Action;
import millrace.proto.Ending;
import millrace.proto.Heartbeat;
import millrace.proto.JobOrder;
import millrace.proto.Progress;
import millrace.proto.Task;
import millrace.tests.model.Isolation;

/// Bugs of a producer, between its feeder and the brokers.
final class FeederBugs {
    static final List<Bug> ALL = List.of(
            new Bug("cancels are ignored", IgnoresCancel::new, 300),
            new Bug("endings are ignored", IgnoresEndings::new, 300),
            new Bug("the lease need not be fresh", FeedsWithoutLease::new, 300),
            new Bug("what is emitted again has other boundaries", CutsAnew::new, 300),
            new Bug("second emissions are lost", LosesReEmissions::new, 300),
            new Bug("failed sends are not noticed", TrustsSends::new, 300),
            new Bug("whatever was sent counts as finished", TakesSentForFinished::new, 300),
            new Bug("each task holds an item more than was cut", EndsOneLate::new, 100),
            new Bug("tasks always say attempt 1", ForgetsAttempt::new, 300),
            new Bug("progress of an older generation is obeyed", ObeysOlderOwners::new, 1_000),
            new Bug("a new leader does not look at the tasks that are out", ForgetsWhatIsOut::new, 500));

    /// Not found in 3,000 worlds, and so in no test: a job's next owner writes the same ending again as the one whose
    /// transaction was aborted.
    static final List<Bug> NOT_FOUND =
            List.of(new Bug("endings of aborted transactions are obeyed", ReadsUncommitted::new, 3_000));

    private FeederBugs() {}

    static Heartbeat beat(Heartbeat one, int cores, int holds, List<Heartbeat.Holding> holdings) {
        return new Heartbeat(
                one.worker(),
                one.host(),
                one.pid(),
                one.release(),
                one.sequence(),
                one.startedMillis(),
                one.atMillis(),
                one.state(),
                one.trouble(),
                one.offers(),
                cores,
                one.lanes(),
                holds,
                holdings,
                one.heapUsedBytes(),
                one.heapMaxBytes(),
                one.residentBytes(),
                one.tasks(),
                one.cpuNanos(),
                one.itemsPerSecond());
    }

    static Task task(Task one, long first, long end, int attempt, boolean alone) {
        return new Task(
                one.job(),
                one.digest(),
                one.partition(),
                one.computation(),
                first,
                end,
                attempt,
                one.emission(),
                alone,
                one.copy(),
                one.urgent(),
                one.limit());
    }

    /// Changes tasks on their way out; none drops one, and its sending is never answered.
    abstract static class Emitting extends Harm {
        abstract Optional<Task> emit(Task task);

        @Override
        List<Action> producer(SimProducer producer, List<Action> actions) {
            var changed = new ArrayList<Action>();
            for (var action : actions) {
                switch (action) {
                    case Action.Emit one ->
                        emit(one.task())
                                .ifPresent(task -> changed.add(new Action.Emit(one.id(), task, one.partition())));
                    case Action.AskResultsEnd ask -> changed.add(ask);
                }
            }
            return changed;
        }
    }

    private static final class IgnoresCancel extends Harm {
        @Override
        Optional<JobOrder> order(SimProducer producer, JobOrder order) {
            return order instanceof JobOrder.Cancel ? Optional.empty() : Optional.of(order);
        }
    }

    private static final class IgnoresEndings extends Harm {
        @Override
        Optional<Ending> ending(SimProducer producer, Ending ending) {
            return Optional.empty();
        }
    }

    private static final class ReadsUncommitted extends Harm {
        @Override
        Isolation isolation() {
            return Isolation.READ_UNCOMMITTED;
        }
    }

    private static final class FeedsWithoutLease extends Harm {
        @Override
        boolean mayFeed(boolean fresh) {
            return true;
        }
    }

    private static final class ObeysOlderOwners extends Harm {
        private long generations;

        @Override
        Optional<Progress> progress(SimProducer producer, Progress one) {
            return Optional.of(new Progress(
                    one.job(),
                    ++generations,
                    one.owner(),
                    one.position(),
                    one.done(),
                    one.dead(),
                    one.again(),
                    one.tally(),
                    one.itemsPerSecond(),
                    one.eta(),
                    one.updatedMillis()));
        }
    }

    private static final class ForgetsWhatIsOut extends Harm {
        @Override
        Optional<Task> found(Task task) {
            return Optional.empty();
        }
    }

    private static final class CutsAnew extends Emitting {
        @Override
        Optional<Task> emit(Task task) {
            return Optional.of(
                    task.emission() > 1 && task.items() > 1
                            ? task(task, task.first(), task.end() - 1, task.attempt(), task.alone())
                            : task);
        }
    }

    private static final class LosesReEmissions extends Emitting {
        @Override
        Optional<Task> emit(Task task) {
            return task.emission() == 2 ? Optional.empty() : Optional.of(task);
        }
    }

    private static final class TrustsSends extends Harm {
        @Override
        boolean learnsOfFailedSends() {
            return false;
        }
    }

    private static final class TakesSentForFinished extends Harm {
        @Override
        long finishedBelow(long offset, long end) {
            return end;
        }
    }

    private static final class EndsOneLate extends Emitting {
        @Override
        Optional<Task> emit(Task task) {
            return Optional.of(task(task, task.first(), task.end() + 1, task.attempt(), task.alone()));
        }
    }

    private static final class ForgetsAttempt extends Emitting {
        @Override
        Optional<Task> emit(Task task) {
            return Optional.of(task(task, task.first(), task.end(), 1, task.alone()));
        }
    }
}
