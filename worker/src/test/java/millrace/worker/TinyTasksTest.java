package millrace.worker;

import static millrace.worker.DeskRig.task;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import millrace.proto.Blob;
import millrace.proto.BlobPlace;
import millrace.proto.Result;
import millrace.proto.Result.Done;
import millrace.proto.Result.HandBackReason;
import millrace.proto.Result.HandedBack;
import millrace.proto.Task;
import org.junit.jupiter.api.Test;

/// A worker whose lanes take many tasks at once while these are tiny.
class TinyTasksTest {
    private static final Result.Cost TINY = new Result.Cost(1_000, 2_000, 0, 3);
    private static final Result.Cost LONG = new Result.Cost(100_000_000, 100_000_000, 0, 3);
    private static final Done VALUE = new Done(ByteString.copyFromUtf8("value"));

    private DeskRig rig = DeskRig.working(2);
    private long next;

    @Test
    void lanesTakeOneTaskAtATimeAtFirst() {
        assertThat(rig.laneRecords.values()).containsOnly(1);
        compute(100, TINY, VALUE);
        assertThat(rig.laneRecords.values()).containsOnly(1);
        assertThat(rig.opening).isEmpty();
    }

    @Test
    void lanesAreMadeAnewToTakeManyTinyTasks() {
        becomeTiny();
        assertThat(rig.opening).hasSize(2);
        assertThat(rig.polling).as("one goes on meanwhile").hasSize(1);
        openAnew();
        assertThat(rig.laneRecords.values()).containsOnly(500);
        assertThat(rig.polling).hasSize(3);
        assertThat(rig.lastBeat().lanes()).isEqualTo(3);
        assertThat(rig.lastBeat().holds()).as("what the window counts on").isEqualTo(3);
    }

    @Test
    void laneThatIsMadeAnewCountsAsJoined() {
        becomeTiny();
        rig.pass(Duration.ofSeconds(2));
        assertThat(rig.lastBeat().lanes()).isEqualTo(3);
        assertThat(rig.desk.ready()).isTrue();
    }

    @Test
    void noneIsMadeAnewForThemWhileTheGroupHasNoRoom() {
        rig.lose(2, Desk.Loss.NO_ROOM, "full");
        becomeTiny();
        assertThat(rig.opening).isEmpty();
        assertThat(rig.polling).hasSize(2);
        rig.pass(Desk.LOOK_FOR_ROOM_EVERY);
        becomeTiny();
        assertThat(rig.opening).as("looks for room again").containsExactly(2);
        assertThat(rig.polling).hasSize(2);
    }

    @Test
    void laneThatIsLeftAloneStillTakesFewerWhenTasksAreLong() {
        becomeTiny();
        openAnew();
        rig.lose(1, Desk.Loss.NO_ROOM, "full");
        rig.lose(2, Desk.Loss.NO_ROOM, "full");
        compute(2, LONG, VALUE);
        assertThat(rig.opening).containsExactly(0);
        rig.join(0);
        assertThat(rig.laneRecords.get(0)).isEqualTo(1);
        assertThat(rig.polling).containsExactly(0);
    }

    @Test
    void numberThatIsSetHoldsForTinyTasksToo() {
        rig = DeskRig.working(new WorkerConfig(2, 3, 1, Duration.ofSeconds(10)));
        compute(2_000, TINY, VALUE);
        assertThat(rig.opening).isEmpty();
        assertThat(rig.laneRecords.values()).containsOnly(1);
    }

    @Test
    void tasksWithLargeValuesAreNotTiny() {
        compute(2_000, TINY, new Done(ByteString.copyFrom(new byte[30_000])));
        assertThat(rig.opening).isEmpty();
    }

    @Test
    void tasksWhoseValuesArePutElsewhereAreNotTiny() {
        var blob = Blob.of(new byte[40_000]);
        var place = new Result.Place(List.of(new BlobPlace(blob, 1, 1, List.of(7L), 0)), true);
        compute(2_000, TINY, new Done(ByteString.EMPTY, place));
        assertThat(rig.opening).isEmpty();
    }

    @Test
    void pauseOfTheProcessLeavesThemTiny() {
        becomeTiny();
        openAnew();
        compute(16, new Result.Cost(1_000, 200_000_000, 0, 3), VALUE);
        assertThat(rig.opening).isEmpty();
        assertThat(rig.polling).hasSize(3);
    }

    @Test
    void taskThatMustBeAloneEndsIt() {
        becomeTiny();
        openAnew();
        var alone = DeskRig.alone(next++);
        rig.deliver(rig.polling.first(), 1, alone);
        openAnew();
        assertThat(rig.isComputing(alone)).isTrue();
        assertThat(rig.laneRecords.values()).contains(1);
    }

    @Test
    void tasksThatWaitAreNotTiny() {
        compute(2_000, new Result.Cost(1_000, 1_000_000, 0, 3), VALUE);
        assertThat(rig.opening).isEmpty();
    }

    @Test
    void longTaskAmongThemSendsTheOthersToOtherWorkers() {
        var many = takeMany();
        rig.cost = LONG;
        rig.finish(many[0]);
        assertThat(rig.desk.inHand()).as("one alone may be the only one").isEqualTo(499);
        rig.finish(many[1]);
        assertThat(IntStream.range(2, 5).mapToObj(i -> rig.answers(many[i])))
                .as("in hand, as ever")
                .containsOnly(List.of());
        for (var i = 5; i < many.length; i++) {
            assertThat(rig.answers(many[i]))
                    .containsExactly(new HandedBack(HandBackReason.BUSY, "tasks take longer than those before"));
        }
        assertThat(rig.desk.inHand()).isEqualTo(3);
    }

    @Test
    void taskThatGoesOnForAQuarterOfASecondDoesToo() {
        var _ = takeMany();
        rig.pass(Duration.ofMillis(249));
        assertThat(rig.desk.inHand()).isEqualTo(500);
        rig.pass(Duration.ofMillis(1));
        assertThat(rig.desk.inHand()).isEqualTo(3);
    }

    @Test
    void lanesTakeOneAtATimeAgainWhenTasksAreLong() {
        becomeTiny();
        openAnew();
        var polled = rig.polling.first();
        var two = many(2);
        rig.deliver(polled, 1, two);
        rig.cost = LONG;
        rig.finish(two[0]);
        rig.finish(two[1]);
        assertThat(rig.opening).containsExactly(polled);
        rig.join(polled);
        assertThat(rig.polling).as("while the others may bring many").doesNotContain(polled);
        openAnew();
        assertThat(rig.laneRecords.values()).containsOnly(1);
        assertThat(rig.polling).hasSize(3);
    }

    @Test
    void tasksAreNotTinyAgainForAWhileOnceTheyWereLong() {
        becomeTiny();
        openAnew();
        compute(2, LONG, VALUE);
        openAnew();
        compute(2_000, TINY, VALUE);
        assertThat(rig.laneRecords.values()).containsOnly(1);
        rig.pass(Duration.ofSeconds(3));
        compute(2_000, TINY, VALUE);
        assertThat(rig.laneRecords.values()).contains(500);
    }

    @Test
    void afterAPauseOthersMayCome() {
        becomeTiny();
        openAnew();
        rig.pass(Duration.ofSeconds(29));
        openAnew();
        assertThat(rig.laneRecords.values()).containsOnly(500);
        rig.pass(Duration.ofSeconds(1));
        openAnew();
        assertThat(rig.laneRecords.values()).containsOnly(1);
    }

    private void becomeTiny() {
        compute(1_000, TINY, VALUE);
    }

    private void compute(int tasks, Result.Cost cost, Done value) {
        rig.cost = cost;
        for (var task : many(tasks)) {
            rig.deliver(task);
            rig.finish(task, value);
        }
    }

    private Task[] takeMany() {
        becomeTiny();
        openAnew();
        var many = many(500);
        rig.deliver(rig.polling.first(), 1, many);
        return many;
    }

    private Task[] many(int tasks) {
        return IntStream.range(0, tasks).mapToObj(_ -> task(next++)).toArray(Task[]::new);
    }

    // Lanes that wait for records are made anew when their polls return.
    private void openAnew() {
        for (var round = 0; round < 10; round++) {
            List.copyOf(rig.opening).forEach(rig::join);
            for (var lane : List.copyOf(rig.polling)) {
                rig.deliver(lane, List.of());
            }
        }
        assertThat(rig.opening).isEmpty();
    }
}
