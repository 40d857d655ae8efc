package millrace.tests.sim;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import millrace.aggregator.Transaction;
import millrace.proto.Ending;
import millrace.proto.JobOrder;
import millrace.proto.JobState;
import millrace.proto.Progress;
import millrace.proto.Ranges;
import millrace.proto.Result;
import millrace.proto.Snapshot;

/// Bugs of an aggregator, between its joiner and the brokers.
final class JoinerBugs {
    static final List<Bug> ALL = List.of(
            new Bug("a new owner does not read endings", EndsAgain::new, 300),
            new Bug("a new owner does not read snapshots", ForgetsSnapshots::new, 1_000),
            new Bug("a new owner reads results from their end on", SkipsReplay::new, 300),
            new Bug("endings are written outside of the transaction", EndsAtOnce::new, 2_000),
            new Bug("outputs are written outside of the transaction", PiecesAtOnce::new, 2_000),
            new Bug("offsets are committed before their transaction", OffsetsFirst::new, 1_000),
            new Bug("in doubt about a commit the owner writes again", WritesAgain::new, 1_000),
            new Bug("offsets run ahead of the oldest open job", OffsetsAhead::new, 300),
            new Bug("a snapshot says that it covers one result more", CoversMore::new, 1_000),
            new Bug("a job's digest is not compared", CountsForeign::new, 1_000),
            new Bug("values are put together as they arrive", JoinsAsTheyArrive::new, 300),
            new Bug("what failed once never counts", DropsWhatFailed::new, 300),
            new Bug("progress shows an item more", ShowsMore::new, 100));

    private JoinerBugs() {}

    private static final class EndsAgain extends Harm {
        @Override
        Optional<Ending> ownEnding(Ending ending) {
            return Optional.empty();
        }
    }

    private static final class ForgetsSnapshots extends Harm {
        @Override
        Optional<Snapshot> snapshot(Snapshot piece) {
            return Optional.empty();
        }
    }

    private static final class SkipsReplay extends Harm {
        @Override
        long resume(long offset, long end) {
            return end;
        }
    }

    private static final class EndsAtOnce extends Harm {
        @Override
        boolean endsInTransaction() {
            return false;
        }
    }

    private static final class PiecesAtOnce extends Harm {
        @Override
        boolean piecesInTransaction() {
            return false;
        }
    }

    private static final class OffsetsFirst extends Harm {
        @Override
        boolean offsetsInTransaction() {
            return false;
        }
    }

    private static final class WritesAgain extends Harm {
        @Override
        boolean startsAnewInDoubt() {
            return false;
        }
    }

    private static final class OffsetsAhead extends Harm {
        @Override
        Transaction transaction(Transaction one) {
            return new Transaction(one.ends(), one.states(), one.removals(), one.resume() + 1);
        }
    }

    private static final class CoversMore extends Harm {
        @Override
        Transaction transaction(Transaction one) {
            var states = one.states().stream().map(CoversMore::more).toList();
            return new Transaction(one.ends(), states, one.removals(), one.resume());
        }

        private static Transaction.SavedState more(Transaction.SavedState saved) {
            if (saved.pieces().size() != 1) {
                return saved;
            }
            var piece = saved.pieces().getFirst();
            var state = JobState.parse(piece.data());
            var wrong = new JobState(
                    state.covered() + 1,
                    state.done(),
                    state.dead(),
                    state.causes(),
                    state.again(),
                    state.recent(),
                    state.tally(),
                    state.value());
            return new Transaction.SavedState(
                    saved.job(),
                    List.of(new Snapshot(piece.job(), piece.digest(), piece.number(), 0, 1, wrong.bytes())),
                    saved.piecesBefore());
        }
    }

    private static final class CountsForeign extends Harm {
        private final Map<String, millrace.proto.SpecDigest> digests = new HashMap<>();

        @Override
        Optional<JobOrder> ownOrder(JobOrder order) {
            if (order instanceof JobOrder.Submit submit) {
                digests.putIfAbsent(order.job(), submit.spec().digest());
            }
            return Optional.of(order);
        }

        @Override
        Optional<Result> result(Result one) {
            return Optional.of(new Result(
                    one.job(),
                    digests.getOrDefault(one.job(), one.digest()),
                    one.first(),
                    one.end(),
                    one.attempt(),
                    one.emission(),
                    one.alone(),
                    one.copy(),
                    one.worker(),
                    one.delivery(),
                    one.cost(),
                    one.answer()));
        }
    }

    private static final class JoinsAsTheyArrive extends Harm {
        private final Map<String, Long> next = new HashMap<>();
        private final Set<Ranges.Range> seen = new HashSet<>();

        @Override
        Optional<Result> result(Result one) {
            if (!(one.answer() instanceof Result.Done) || !seen.add(new Ranges.Range(one.first(), one.end()))) {
                return Optional.of(one);
            }
            var first = next.merge(one.job(), one.items(), Long::sum) - one.items();
            return Optional.of(new Result(
                    one.job(),
                    one.digest(),
                    first,
                    first + one.items(),
                    one.attempt(),
                    one.emission(),
                    one.alone(),
                    one.copy(),
                    one.worker(),
                    one.delivery(),
                    one.cost(),
                    one.answer()));
        }
    }

    private static final class DropsWhatFailed extends Harm {
        private final Set<String> failed = new HashSet<>();

        @Override
        Optional<Result> result(Result one) {
            var name = one.job() + one.first() + "-" + one.end();
            if (one.answer() instanceof Result.Failed) {
                failed.add(name);
            }
            return one.answer() instanceof Result.Done && failed.contains(name) ? Optional.empty() : Optional.of(one);
        }
    }

    private static final class ShowsMore extends Harm {
        @Override
        List<Progress> published(List<Progress> due) {
            return due.stream().map(ShowsMore::more).toList();
        }

        private static Progress more(Progress one) {
            var done = one.done().copy();
            if (!done.isEmpty() && one.dead().isEmpty()) {
                var gap = done.firstGap(0, 1L << 40);
                if (gap != null) {
                    done.add(gap.first(), gap.first() + 1);
                }
            }
            return new Progress(
                    one.job(),
                    one.generation(),
                    one.owner(),
                    one.position(),
                    done,
                    one.dead(),
                    one.again(),
                    one.tally(),
                    one.itemsPerSecond(),
                    one.eta(),
                    one.updatedMillis());
        }
    }
}
