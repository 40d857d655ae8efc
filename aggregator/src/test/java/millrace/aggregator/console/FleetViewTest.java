package millrace.aggregator.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import millrace.proto.Ending;
import millrace.proto.Heartbeat;
import millrace.proto.JobOrder;
import millrace.proto.Ranges;
import org.junit.jupiter.api.Test;

class FleetViewTest {
    private static final long SECOND = 1_000_000_000L;

    private final FleetView view = new FleetView();

    private void submit(String job, int items, long atMillis) {
        view.order(new JobOrder.Submit(Records.spec(job, items)), atMillis);
    }

    private JobRecord job(String id) {
        return view.job(id).orElseThrow();
    }

    @Test
    void jobIsWhatItsRecordsSayInWhateverOrderTopicsAreRead() {
        view.progress(Records.progress("a", Ranges.of(0, 3), 3 * SECOND), 1);
        submit("a", 10, 5);

        assertThat(job("a").progress().done()).isEqualTo(3);
        assertThat(job("a").state()).isEqualTo("running");
        assertThat(job("a").coreSecondsLeft()).isEqualTo(7);
    }

    @Test
    void progressThatComesLateDoesNotTakeBackWhatWasShown() {
        submit("a", 10, 5);
        view.progress(Records.progress("a", Ranges.of(0, 7), 1), 1);
        view.progress(Records.progress("a", Ranges.of(0, 3), 1), 2);

        assertThat(job("a").progress().done()).isEqualTo(7);
    }

    @Test
    void orderOfAJobThatHasEndedDoesNotOpenItAgain() {
        view.ending(Records.ending(Records.spec("a", 10), Ending.State.SUCCEEDED, 1000), 1);
        submit("a", 10, 500);

        assertThat(job("a").state()).isEqualTo("succeeded");
        assertThat(view.open()).isEmpty();
    }

    @Test
    void endedJobsHaveABoundAndTheOldestGoFirstAndAreCounted() {
        for (var i = 0; i <= FleetView.ENDED_MAX; i++) {
            view.ending(Records.ending(Records.spec("j" + i, 1), Ending.State.SUCCEEDED, 1000 + i), 1);
        }

        assertThat(view.jobs()).hasSizeLessThanOrEqualTo(FleetView.ENDED_MAX);
        assertThat(view.jobs().size() + view.endedOmitted()).isEqualTo(FleetView.ENDED_MAX + 1);
        assertThat(view.job("j0")).isEmpty();
        assertThat(view.job("j" + FleetView.ENDED_MAX)).isPresent();

        submit("j0", 1, 7);
        assertThat(view.open()).as("what was dropped does not look open").isEmpty();
    }

    @Test
    void openJobsHaveABoundAndTheRestIsCounted() {
        for (var i = 0; i < FleetView.OPEN_MAX + 5; i++) {
            submit("j" + i, 1, i);
        }

        assertThat(view.open()).hasSize(FleetView.OPEN_MAX);
        assertThat(view.openOmitted()).isEqualTo(5);
    }

    @Test
    void workerIsLiveForFiveSecondsAfterItWasHeardOfAndOldRecordsAreNoSign() {
        view.heartbeat(Records.heartbeat("old", 2, Heartbeat.State.RUNNING, List.of()), 0, 0);
        view.caughtUp();
        view.heartbeat(Records.heartbeat("w", 2, Heartbeat.State.RUNNING, List.of()), 10 * SECOND, 0);

        assertThat(view.workers())
                .filteredOn(worker -> worker.isLive(14 * SECOND))
                .extracting(worker -> worker.heartbeat().worker())
                .containsExactly("w");
        assertThat(view.workers()).noneMatch(worker -> worker.isLive(16 * SECOND));
    }

    @Test
    void workerThatStoppedInGoodOrderIsGone() {
        view.caughtUp();
        view.heartbeat(Records.heartbeat("w", 2, Heartbeat.State.RUNNING, List.of()), 1, 1);
        view.heartbeat(Records.heartbeat("w", 2, Heartbeat.State.STOPPED, List.of()), 2, 2);

        assertThat(view.workers()).isEmpty();
        assertThat(view.events()).extracting(FleetView.Event::kind).containsExactly("left", "joined");
    }

    @Test
    void joinedEventTellsTheCores() {
        view.caughtUp();
        view.heartbeat(Records.heartbeat("one", 1, Heartbeat.State.RUNNING, List.of()), 1, 1);
        view.heartbeat(Records.heartbeat("two", 2, Heartbeat.State.RUNNING, List.of()), 2, 2);

        assertThat(view.events())
                .extracting(FleetView.Event::text)
                .containsExactly("2 cores at host", "1 core at host");
    }

    @Test
    void secondSaysHowManyCoresComputeAndForWhom() {
        view.caughtUp();
        view.heartbeat(Records.heartbeat("w", 4, Heartbeat.State.RUNNING, Records.computing("a", 0, 3)), 0, 0);
        view.tick(SECOND, 1000);
        view.tick(20 * SECOND, 20_000);

        assertThat(view.seconds()).extracting(FleetView.Second::busy).containsExactly(3, 0);
        assertThat(view.workers().iterator().next().minute())
                .containsExactly(new WorkerRecord.Second(3, "a"), WorkerRecord.Second.SILENT);
    }

    @Test
    void jobKnowsTheMemoryOfTheWorkersThatHoldItsTasks() {
        view.caughtUp();
        submit("a", 10, 5);
        submit("b", 10, 5);
        view.heartbeat(Records.heartbeat("w", 4, Heartbeat.State.RUNNING, Records.computing("a", 0, 3)), 0, 0);
        view.tick(SECOND, 1000);
        view.tick(20 * SECOND, 20_000); // silent

        var heartbeat = view.workers().iterator().next().heartbeat();
        assertThat(job("a").resident().points()).containsExactly(new Course.Point(1000, heartbeat.residentBytes(), 0));
        assertThat(job("a").heap().points()).containsExactly(new Course.Point(1000, heartbeat.heapUsedBytes(), 0));
        assertThat(job("b").resident().points()).isEmpty();
    }

    @Test
    void courseOfAnyLengthIsKeptWholeAndBounded() {
        var course = new Course();
        for (var i = 0; i < 100_000; i++) {
            course.add(1000L * i, i, 1);
        }

        assertThat(course.points()).hasSizeLessThanOrEqualTo(Course.POINTS_MAX);
        assertThat(course.points().getFirst().value()).isZero();
        assertThat(course.points().getLast().value()).isGreaterThan(98_000);
    }

    @Test
    void failuresAreGroupedByKindAndByMessageWithoutItsNumbers() {
        var spec = Records.spec("a", 10);
        var causes = Json.MAPPER.createArrayNode();
        Causes.of(List.of(
                        Records.letter(spec, 1, "no root at 17"),
                        Records.letter(spec, 2, "no root at 4"),
                        Records.letter(spec, 3, "<img src=x onerror=alert(1)>")))
                .write(causes);

        assertThat(causes.size()).isEqualTo(2);
        assertThat(causes.get(0).path("failures").asInt()).isEqualTo(2);
        assertThat(causes.get(1).path("message").asString()).isEqualTo("<img src=x onerror=alert(1)>");
    }
}
