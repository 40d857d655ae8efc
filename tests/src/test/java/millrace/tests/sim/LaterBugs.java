package millrace.tests.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import millrace.aggregator.JobEnd;
import millrace.aggregator.Transaction;
import millrace.producer.Action;
import millrace.proto.Ending;
import millrace.proto.Heartbeat;
import millrace.proto.JobOrder;
import millrace.proto.Progress;
import millrace.proto.Result;
import millrace.proto.Task;

/// Bugs that were thought of when the checks were fixed already.
final class LaterBugs {
    static final List<Bug> ALL = List.of(
            new Bug("pauses are ignored", IgnoresPause::new, 300),
            new Bug("copies are not limited", CopiesThrice::new, 300),
            new Bug("heartbeats say nothing about tasks in hand", HearsNoClaims::new, 500),
            new Bug("the end of the results is taken for 0", AsksNobody::new, 500),
            new Bug("what is asked for again is not read", HearsNoAgain::new, 300),
            new Bug("a task that is to be alone is not", NeverAlone::new, 300),
            new Bug("an owner does not read cancels", OwnerIgnoresCancel::new, 300),
            new Bug("endings are without dead letters", NoLetters::new, 300),
            new Bug("a partial output is called a success", CallsItSuccess::new, 300),
            new Bug("a job's output is cut off", CutsOutput::new, 100),
            new Bug("hand-backs are not read by the owner", IgnoresHandBacks::new, 300),
            new Bug("progress has the owner's older position", ShowsOlderPosition::new, 100));

    private LaterBugs() {}

    private static final class IgnoresPause extends Harm {
        @Override
        Optional<JobOrder> order(SimProducer producer, JobOrder order) {
            return order instanceof JobOrder.Pause ? Optional.empty() : Optional.of(order);
        }
    }

    private static final class CopiesThrice extends Harm {
        @Override
        List<Action> producer(SimProducer producer, List<Action> actions) {
            var all = new ArrayList<Action>();
            for (var action : actions) {
                all.add(action);
                if (action instanceof Action.Emit one && one.task().copy()) {
                    for (var more = 0; more < 4; more++) {
                        all.add(new Action.Emit(Long.MAX_VALUE, one.task(), one.partition()));
                    }
                }
            }
            return all;
        }
    }

    private static final class HearsNoClaims extends Harm {
        @Override
        Optional<Heartbeat> heartbeat(SimProducer producer, Heartbeat beat) {
            return Optional.of(FeederBugs.beat(beat, beat.cores(), beat.holds(), List.of()));
        }
    }

    private static final class AsksNobody extends Harm {
        @Override
        long resultsEnd(long end) {
            return 0;
        }
    }

    private static final class HearsNoAgain extends Harm {
        @Override
        Optional<Progress> progress(SimProducer producer, Progress one) {
            return Optional.of(with(one, one.position(), List.of()));
        }
    }

    private static Progress with(Progress one, long position, List<Progress.Again> again) {
        return new Progress(
                one.job(),
                one.generation(),
                one.owner(),
                position,
                one.done(),
                one.dead(),
                again,
                one.tally(),
                one.itemsPerSecond(),
                one.eta(),
                one.updatedMillis());
    }

    private static final class NeverAlone extends FeederBugs.Emitting {
        @Override
        Optional<Task> emit(Task task) {
            return Optional.of(FeederBugs.task(task, task.first(), task.end(), task.attempt(), false));
        }
    }

    private static final class OwnerIgnoresCancel extends Harm {
        @Override
        Optional<JobOrder> ownOrder(JobOrder order) {
            return order instanceof JobOrder.Cancel ? Optional.empty() : Optional.of(order);
        }
    }

    private abstract static class Ends extends Harm {
        abstract JobEnd end(JobEnd one);

        @Override
        Transaction transaction(Transaction one) {
            return new Transaction(
                    one.ends().stream().map(this::end).toList(), one.states(), one.removals(), one.resume());
        }
    }

    @SuppressWarnings("NullAway") // it does not see from here which of the components may be null
    private static JobEnd with(JobEnd one, Ending.State state, boolean letters, boolean whole) {
        var output = one.output();
        return new JobEnd(
                one.spec(),
                state,
                one.reason(),
                one.failure(),
                whole || output == null || output.isEmpty() ? output : output.substring(1),
                one.outputDigest(),
                one.tally(),
                one.submittedMillis(),
                one.endedMillis(),
                one.generation(),
                one.owner(),
                one.done(),
                one.dead(),
                letters ? one.letters() : List.of(),
                one.kept(),
                one.snapshotPieces(),
                one.partsBytes());
    }

    private static final class NoLetters extends Ends {
        @Override
        JobEnd end(JobEnd one) {
            return with(one, one.state(), false, true);
        }
    }

    private static final class CallsItSuccess extends Ends {
        @Override
        JobEnd end(JobEnd one) {
            var state = one.state() == Ending.State.PARTIAL ? Ending.State.SUCCEEDED : one.state();
            return with(one, state, true, true);
        }
    }

    private static final class CutsOutput extends Ends {
        @Override
        JobEnd end(JobEnd one) {
            return with(one, one.state(), true, false);
        }
    }

    private static final class IgnoresHandBacks extends Harm {
        @Override
        Optional<Result> result(Result one) {
            return one.answer() instanceof Result.HandedBack ? Optional.empty() : Optional.of(one);
        }
    }

    private static final class ShowsOlderPosition extends Harm {
        @Override
        List<Progress> published(List<Progress> due) {
            return due.stream()
                    .map(one -> with(one, Math.max(0, one.position() - 1), one.again()))
                    .toList();
        }
    }
}
