package millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import millrace.proto.BadInput;
import millrace.proto.Ending;
import millrace.proto.Progress;
import millrace.proto.Ranges;
import millrace.proto.Tally;
import org.junit.jupiter.api.Test;

class JobTrackerTest {
    private final JobTracker tracker = new JobTracker(Samples.spec("job", 100));

    @Test
    void progressOfAnOlderOwnerIsLate() {
        tracker.accept(Samples.progress("job", 2, 50));
        tracker.accept(Samples.progress("job", 1, 90));

        assertThat(tracker.progress().done()).isEqualTo(50);
    }

    @Test
    void progressNeverRunsBackwards() {
        tracker.accept(Samples.progress("job", 1, 60));
        tracker.accept(Samples.progress("job", 2, 40));
        assertThat(tracker.progress().done()).isEqualTo(60);

        tracker.accept(Samples.progress("job", 2, 70));
        assertThat(tracker.progress().done()).isEqualTo(70);
    }

    @Test
    void ageIsCountedFromTheLastThatWasHeard() {
        var nanos = new AtomicLong();
        var aging = new JobTracker(Samples.spec("job", 100), nanos::get);
        nanos.set(7);
        assertThat(aging.age()).isEqualTo(Duration.ofNanos(7));

        aging.accept(Samples.progress("job", 2, 60));
        nanos.set(9);
        aging.accept(Samples.progress("job", 1, 70));
        assertThat(aging.age()).as("a late owner's word is none").isEqualTo(Duration.ofNanos(2));

        aging.accept(Samples.ending(aging.spec(), Ending.State.SUCCEEDED));
        nanos.set(1000);
        assertThat(aging.age()).isZero();
    }

    @Test
    void progressAfterTheEndingChangesNothing() {
        tracker.accept(Samples.ending(tracker.spec(), Ending.State.SUCCEEDED));
        tracker.accept(Samples.progress("job", 9, 3));

        assertThat(tracker.progress().done()).isEqualTo(100);
    }

    @Test
    void countsBeyondTheJobAreCutToIt() {
        tracker.accept(new Progress(
                "job", 1, "owner", 0, Ranges.of(0, 500), Ranges.of(500, 700), List.of(), Tally.NONE, 0, null, 0));

        assertThat(tracker.progress().done()).isEqualTo(100);
        assertThat(tracker.progress().fraction()).isEqualTo(1);
    }

    @Test
    void endingOfAnotherSpecTellsThatTheIdIsTaken() {
        tracker.accept(Samples.ending(Samples.spec("job", 7), Ending.State.SUCCEEDED));

        assertThatThrownBy(() -> tracker.ending().join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOf(BadInput.class)
                .hasMessageContaining("job id 'job' is taken by");
    }

    @Test
    void listenerHearsWhatIsKnownThenEveryStepThenTheEnd() {
        tracker.accept(Samples.progress("job", 1, 10));
        var heard = new ArrayList<Long>();
        tracker.listen(progress -> heard.add(progress.done()));
        tracker.accept(Samples.progress("job", 1, 20));
        tracker.accept(Samples.ending(tracker.spec(), Ending.State.SUCCEEDED));

        assertThat(heard).containsExactly(10L, 20L, 100L);
    }

    @Test
    void listenerThatThrowsDoesNotKeepOthersFromHearing() {
        var heard = new ArrayList<Long>();
        tracker.listen(_ -> {
            throw new IllegalStateException("of the listener");
        });
        tracker.listen(progress -> heard.add(progress.done()));
        tracker.accept(Samples.progress("job", 1, 20));

        assertThat(heard).containsExactly(0L, 20L);
    }

    @Test
    void jobWithoutItemsIsWhollyDone() {
        assertThat(new JobTracker(Samples.spec("job", 0)).progress().fraction()).isEqualTo(1);
    }
}
