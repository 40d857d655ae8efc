package millrace.tests.sim;

import java.util.List;
import java.util.Optional;
import millrace.proto.Result;
import millrace.worker.Action;

/// Bugs of a worker, between its desk and the brokers.
final class WorkerBugs {
    static final List<Bug> ALL = List.of(
            new Bug("a task is accepted before its result is written", AcceptsEarly::new, 100),
            new Bug("a result in ten is lost and taken for written", LosesResults::new, 100),
            new Bug("a task is handed back without a result", HandsBackInSilence::new, 300),
            new Bug("claims are not in the heartbeat", ForgetsClaims::new, 300),
            new Bug("a result's range lacks its last item", EndsOneEarly::new, 100),
            new Bug("a result's range begins one item late", BeginsOneLate::new, 100),
            new Bug("a result says attempt 1 whatever it was", ForgetsAttempt::new, 100),
            new Bug("a result says emission 1 whatever it was", ForgetsEmission::new, 100),
            new Bug("redeliveries look like first deliveries", HidesDeliveries::new, 300),
            new Bug("a failure is reported as a hand-back", BlamesNobody::new, 100),
            new Bug("a failed task's result is an empty value", EmptyForFailed::new, 100));

    private WorkerBugs() {}

    private static Result with(Result one, long first, long end, int attempt, int emission, Result.Answer answer) {
        return new Result(
                one.job(),
                one.digest(),
                first,
                end,
                attempt,
                emission,
                one.alone(),
                one.copy(),
                one.worker(),
                one.delivery(),
                one.cost(),
                answer);
    }

    private static final class AcceptsEarly extends Harm {
        @Override
        boolean trustsItsOutbox() {
            return true;
        }
    }

    private static final class LosesResults extends Harm {
        private int results;

        @Override
        Optional<Result> publish(SimWorker worker, Result result) {
            return ++results % 10 == 0 ? Optional.empty() : Optional.of(result);
        }
    }

    private static final class HandsBackInSilence extends Harm {
        @Override
        Optional<Result> publish(SimWorker worker, Result result) {
            return result.answer() instanceof Result.HandedBack ? Optional.empty() : Optional.of(result);
        }
    }

    private static final class ForgetsClaims extends Harm {
        @Override
        List<Action> worker(SimWorker worker, List<Action> actions) {
            return actions.stream().map(ForgetsClaims::without).toList();
        }

        private static Action without(Action action) {
            return action instanceof Action.Beat(var beat)
                    ? new Action.Beat(FeederBugs.beat(beat, beat.cores(), beat.holds(), List.of()))
                    : action;
        }
    }

    private static final class EndsOneEarly extends Harm {
        @Override
        Optional<Result> publish(SimWorker worker, Result one) {
            return Optional.of(
                    one.items() == 1
                            ? one
                            : with(one, one.first(), one.end() - 1, one.attempt(), one.emission(), one.answer()));
        }
    }

    private static final class BeginsOneLate extends Harm {
        @Override
        Optional<Result> publish(SimWorker worker, Result one) {
            return Optional.of(
                    one.items() == 1
                            ? one
                            : with(one, one.first() + 1, one.end(), one.attempt(), one.emission(), one.answer()));
        }
    }

    private static final class ForgetsAttempt extends Harm {
        @Override
        Optional<Result> publish(SimWorker worker, Result one) {
            return Optional.of(with(one, one.first(), one.end(), 1, one.emission(), one.answer()));
        }
    }

    private static final class ForgetsEmission extends Harm {
        @Override
        Optional<Result> publish(SimWorker worker, Result one) {
            return Optional.of(with(one, one.first(), one.end(), one.attempt(), 1, one.answer()));
        }
    }

    private static final class HidesDeliveries extends Harm {
        @Override
        int deliveries(int count) {
            return 1;
        }
    }

    private static final class BlamesNobody extends Harm {
        @Override
        Optional<Result> publish(SimWorker worker, Result one) {
            return Optional.of(
                    one.answer() instanceof Result.Failed
                            ? with(
                                    one,
                                    one.first(),
                                    one.end(),
                                    one.attempt(),
                                    one.emission(),
                                    new Result.HandedBack(Result.HandBackReason.BUSY, ""))
                            : one);
        }
    }

    private static final class EmptyForFailed extends Harm {
        @Override
        Optional<Result> publish(SimWorker worker, Result one) {
            return Optional.of(
                    one.answer() instanceof Result.Failed
                            ? with(
                                    one,
                                    one.first(),
                                    one.end(),
                                    one.attempt(),
                                    one.emission(),
                                    new Result.Done(com.google.protobuf.ByteString.EMPTY))
                            : one);
        }
    }
}
