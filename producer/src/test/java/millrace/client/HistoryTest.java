package millrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import millrace.proto.Ending;
import millrace.proto.JobOrder;
import millrace.proto.JobSpec;
import millrace.proto.view.History;
import millrace.proto.view.JobSummary;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private final History history = new History();
    private long offset;

    private void order(JobOrder order) {
        history.order(order, 1000 + offset);
        offset++;
    }

    private JobSummary job(String id) {
        return Objects.requireNonNull(history.job(id), id);
    }

    @Test
    void firstOrderOfAnIdWins() {
        var first = Samples.spec("a", 10);
        order(new JobOrder.Submit(first));
        order(new JobOrder.Submit(Samples.spec("a", 11)));

        assertThat(job("a").spec()).isEqualTo(first);
        assertThat(job("a").submittedMillis()).isEqualTo(1000);
    }

    @Test
    void laterOrdersOfPriorityAndPauseCount() {
        order(new JobOrder.Submit(Samples.spec("a", 10)));
        order(new JobOrder.SetPriority("a", 4));
        order(new JobOrder.SetPriority("a", -2));
        order(new JobOrder.Pause("a"));

        assertThat(job("a").priority()).isEqualTo(-2);
        assertThat(job("a").state()).isEqualTo("paused");

        order(new JobOrder.Resume("a"));
        assertThat(job("a").state()).isEqualTo("waiting");
    }

    @Test
    void orderForAJobThatNobodySubmittedMakesNoJob() {
        order(new JobOrder.Pause("ghost"));
        history.progress(Samples.progress("other-ghost", 1, 3));

        assertThat(history.all()).isEmpty();
    }

    @Test
    void removedJobIsForgottenOnceItHasEnded() {
        JobSpec spec = Samples.spec("a", 10);
        order(new JobOrder.Submit(spec));
        order(new JobOrder.Remove("a"));
        assertThat(history.all()).hasSize(1);

        history.ending(Samples.ending(spec, Ending.State.SUCCEEDED));
        assertThat(history.all()).isEmpty();
        assertThat(history.removed("a")).isTrue();
    }

    @Test
    void endingTellsOfAJobWhoseOrderIsGone() {
        history.ending(Samples.ending(Samples.spec("old", 10), Ending.State.FAILED));

        assertThat(job("old").state()).isEqualTo("failed");
        assertThat(job("old").spec().items()).isEqualTo(10);
    }

    @Test
    void newestJobComesFirst() {
        order(new JobOrder.Submit(Samples.spec("a", 1)));
        order(new JobOrder.Submit(Samples.spec("b", 1)));

        assertThat(history.all()).extracting(job -> job.spec().job()).containsExactly("b", "a");
    }
}
