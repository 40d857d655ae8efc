package millrace.producer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TaskPartitionsTest {
    private final TaskPartitions partitions = new TaskPartitions(3);

    @Test
    void thePartitionWithTheFewestTasksOutIsChosen() {
        partitions.take(0);
        partitions.take(0);
        partitions.take(1);
        partitions.take(2);
        partitions.take(2);
        assertThat(partitions.choose(0)).isEqualTo(1);
    }

    @Test
    void ofEqualOnesTheSmallestSpanIsChosen() {
        partitions.end(0, 20);
        partitions.end(1, 30);
        partitions.end(2, 30);
        partitions.finishedBelow(1, 25);
        assertThat(partitions.choose(0)).isEqualTo(1);
    }

    @Test
    void recordsBeingSentCountForTheSpan() {
        partitions.finishedBelow(0, 0);
        partitions.end(0, TaskPartitions.SPAN_MAX - 1);
        partitions.end(1, TaskPartitions.SPAN_MAX);
        partitions.end(2, TaskPartitions.SPAN_MAX);
        assertThat(partitions.choose(0)).isZero();
        partitions.sending(0);
        assertThat(partitions.isFull()).isTrue();
        partitions.unsent(0);
        assertThat(partitions.choose(0)).isZero();
        partitions.sending(0);
        partitions.sent(0, TaskPartitions.SPAN_MAX - 1);
        assertThat(partitions.choose(0)).isEqualTo(-1);
    }

    @Test
    void aPartitionIsFillingFromHalfOfItsSpanOn() {
        partitions.end(1, TaskPartitions.SPAN_MAX / 2 - 1);
        assertThat(partitions.isFilling()).isFalse();
        partitions.sending(1);
        assertThat(partitions.isFilling()).isTrue();
        partitions.finishedBelow(1, 1);
        assertThat(partitions.isFilling()).isFalse();
    }

    @Test
    void aPartitionIsAvoidedUnlessThereIsNoOther() {
        assertThat(partitions.choose(0b011)).isEqualTo(2);
        assertThat(partitions.choose(0b111)).isNotNegative();
        partitions.end(2, TaskPartitions.SPAN_MAX);
        assertThat(partitions.choose(0b001)).isEqualTo(1);
        partitions.end(1, TaskPartitions.SPAN_MAX);
        assertThat(partitions.choose(0b001)).isZero();
    }

    @Test
    void oldNewsDoNotMoveAPartitionBack() {
        partitions.finishedBelow(0, 10);
        partitions.finishedBelow(0, 5);
        assertThat(partitions.isFinished(0, 9)).isTrue();
        assertThat(partitions.isFinished(0, 10)).isFalse();
        partitions.end(0, 20);
        partitions.end(0, 15);
        assertThat(partitions.span(0)).isEqualTo(10);
    }
}
