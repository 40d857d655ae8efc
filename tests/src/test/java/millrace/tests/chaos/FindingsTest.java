package millrace.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import millrace.tests.kernels.Spell;
import millrace.tests.kernels.Weights;
import millrace.v1.Done;
import millrace.v1.EndState;
import millrace.v1.Ending;
import millrace.v1.JobOrder;
import millrace.v1.OutputPiece;
import millrace.v1.OutputPlace;
import millrace.v1.Progress;
import millrace.v1.Result;
import millrace.v1.Tally;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A checker that finds nothing has to be shown something.
class FindingsTest {
    private static final String JOB = "one";

    private final Work sum = new Work.Sum(new Weights(10, 5, 0));
    private final ClientLog log = new ClientLog();
    private final List<Ledger.Entry<JobOrder>> orders = new ArrayList<>();
    private final List<Ledger.Entry<Result>> results = new ArrayList<>();
    private final List<Ledger.Entry<Progress>> progress = new ArrayList<>();
    private final List<Ledger.Entry<OutputPiece>> outputs = new ArrayList<>();
    private final List<Ledger.Entry<Ending>> endings = new ArrayList<>();

    @BeforeEach
    void submitOne() {
        submit(sum);
    }

    private void submit(Work work) {
        log.order(new ClientLog.Order(JOB, work, 1));
        log.add(ClientLog.Action.SUBMIT, JOB, ClientLog.Outcome.ACCEPTED, "");
        orders.add(entry(JobOrder.newBuilder()
                .setJob(JOB)
                .setSubmit(ByteString.copyFromUtf8("spec"))
                .build()));
    }

    private static <T> Ledger.Entry<T> entry(T body) {
        return new Ledger.Entry<>(0, 0, 0, body);
    }

    private void end(byte[] output) throws Exception {
        outputs.add(entry(OutputPiece.newBuilder()
                .setJob(JOB)
                .setData(ByteString.copyFrom(output))
                .build()));
        var digest = MessageDigest.getInstance("SHA-256").digest(output);
        endings.add(entry(Ending.newBuilder()
                .setJob(JOB)
                .setState(EndState.END_STATE_SUCCEEDED)
                .setOutput(OutputPlace.newBuilder().addOffsets(0))
                .setDigest(ByteString.copyFrom(digest))
                .setTally(Tally.newBuilder().setItems(10))
                .build()));
    }

    private void endInline(byte[] output) throws Exception {
        end(output);
        outputs.clear();
        var ending = endings.removeLast().body();
        endings.add(entry(ending.toBuilder()
                .setOutput(OutputPlace.newBuilder().setInline(ByteString.copyFrom(output)))
                .build()));
    }

    private Findings findings() {
        return Findings.of(log, new Ledger(orders, List.of(), results, progress, outputs, endings, 0, 0));
    }

    @Test
    void nothingIsWrongWithTheRightOutput() throws Exception {
        end(sum.expected());
        var findings = findings();
        assertThat(findings.wrong()).isEmpty();
        assertThat(findings.tasks()).isEqualTo(10);
    }

    @Test
    void nothingIsWrongWithTheRightOutputInItsEnding() throws Exception {
        endInline(sum.expected());
        assertThat(findings().wrong()).isEmpty();
    }

    @Test
    void wrongOutputInItsEndingIsFound() throws Exception {
        endInline(new Work.Sum(new Weights(11, 5, 0)).expected());
        var findings = findings();
        assertThat(findings.doubled()).isEqualTo(1);
        assertThat(findings.wrong()).hasSize(2);
    }

    @Test
    void pieceOfAnOutputThatIsInItsEndingIsFound() throws Exception {
        end(sum.expected());
        var piece = outputs.getFirst();
        endings.clear();
        endInline(sum.expected());
        outputs.add(piece);
        assertThat(findings().wrong())
                .containsExactly("one has 1 pieces of output, and its ending names 0: [0/0 at 0], "
                        + "ending of  in generation 0");
    }

    @Test
    void acceptedJobWithoutAnEndingIsFound() {
        assertThat(findings().wrong()).containsExactly("one was accepted and has not ended");
    }

    @Test
    void secondEndingIsFound() throws Exception {
        end(sum.expected());
        endings.add(endings.getFirst());
        assertThat(findings().wrong()).containsExactly("one has ended twice");
    }

    @Test
    void endingOfAJobThatNobodySubmittedIsFound() throws Exception {
        end(sum.expected());
        endings.add(entry(Ending.newBuilder().setJob("two").build()));
        assertThat(findings().wrong()).containsExactly("two has ended, and nobody has submitted it");
    }

    @Test
    void secondOutputIsFound() throws Exception {
        end(sum.expected());
        outputs.add(outputs.getFirst());
        assertThat(findings().wrong())
                .containsExactly("one has 2 pieces of output, and its ending names 1: "
                        + "[0/0 at 0, 0/0 at 0], ending of  in generation 0");
    }

    @Test
    void itemThatWasCountedTwiceIsFound() throws Exception {
        end(new Work.Sum(new Weights(11, 5, 0)).expected());
        var findings = findings();
        assertThat(findings.doubled()).isEqualTo(1);
        assertThat(findings.wrong()).hasSize(2);
    }

    @Test
    void itemThatIsMissingIsFound() throws Exception {
        submit(new Work.Lines(new Spell(10)));
        end(new Work.Lines(new Spell(9)).expected());
        var findings = findings();
        assertThat(findings.lost()).isEqualTo(1);
        assertThat(findings.wrong()).hasSize(2);
    }

    @Test
    void oneItemInPlaceOfAnotherIsFound() throws Exception {
        end(new Work.Sum(new Weights(10, 6, 0)).expected());
        assertThat(findings().wrong()).hasSize(2);
    }

    @Test
    void cancellationThatNobodyWantedIsFound() {
        endings.add(entry(Ending.newBuilder()
                .setJob(JOB)
                .setState(EndState.END_STATE_CANCELLED)
                .build()));
        assertThat(findings().wrong()).containsExactly("one is cancelled, and nobody cancelled it");
        log.add(ClientLog.Action.CANCEL, JOB, ClientLog.Outcome.UNKNOWN, "");
        assertThat(findings().wrong()).isEmpty();
    }

    @Test
    void twoValuesOfARangeAreFound() throws Exception {
        end(sum.expected());
        for (var value : List.of("a", "a", "b")) {
            results.add(entry(Result.newBuilder()
                    .setJob(JOB)
                    .setEnd(1)
                    .setDone(Done.newBuilder().setValue(ByteString.copyFromUtf8(value)))
                    .build()));
        }
        assertThat(findings().wrong()).hasSize(1);
    }

    @Test
    void progressThatGoesBackIsFoundUnlessItsOwnerHasBeenReplaced() throws Exception {
        end(sum.expected());
        progress.add(entry(step(2, 50, 5)));
        progress.add(entry(step(1, 30, 3)));
        progress.add(entry(step(3, 50, 5)));
        assertThat(findings().wrong()).isEmpty();
        progress.add(entry(step(3, 40, 4)));
        assertThat(findings().wrong()).containsExactly("progress of one went back from 5 to 4 items");
    }

    @Test
    void newOwnerThatIsBehindTheOneBeforeCountsLessButNotOfTheSameResults() throws Exception {
        end(sum.expected());
        progress.add(entry(step(2, 50, 5)));
        progress.add(entry(step(3, 40, 4)));
        progress.add(entry(step(3, 60, 6)));
        assertThat(findings().wrong()).isEmpty();
        progress.add(entry(step(4, 60, 5)));
        assertThat(findings().wrong()).containsExactly("progress of one went back from 6 to 5 items");
    }

    @Test
    void newOwnerThatHasCaughtUpAndCountsLessIsFound() throws Exception {
        end(sum.expected());
        progress.add(entry(step(2, 50, 5)));
        progress.add(entry(step(3, 40, 3)));
        progress.add(entry(step(3, 50, 4)));
        assertThat(findings().wrong()).containsExactly("progress of one went back from 5 to 4 items");
    }

    private static Progress step(long generation, long position, long items) {
        return Progress.newBuilder()
                .setJob(JOB)
                .setGeneration(generation)
                .setPosition(position)
                .setTally(Tally.newBuilder().setItems(items))
                .build();
    }
}
