package millrace.proto;

import com.google.protobuf.MessageLite;
import java.time.Duration;

/// Tasks as messages.
final class TaskWire {
    private TaskWire() {}

    static MessageLite write(Task task) {
        return millrace.v1.Task.newBuilder()
                .setJob(task.job())
                .setSpecDigest(task.digest().bytes())
                .setPartition(task.partition())
                .setComputation(task.computation())
                .setFirst(task.first())
                .setEnd(task.end())
                .setAttempt(task.attempt())
                .setEmission(task.emission())
                .setAlone(task.alone())
                .setCopy(task.copy())
                .setUrgent(task.urgent())
                .setLimitMillis(task.limit().toMillis())
                .build();
    }

    static Task read(millrace.v1.Task message) {
        return new Task(
                message.getJob(),
                new SpecDigest(message.getSpecDigest()),
                message.getPartition(),
                message.getComputation(),
                message.getFirst(),
                message.getEnd(),
                message.getAttempt(),
                message.getEmission(),
                message.getAlone(),
                message.getCopy(),
                message.getUrgent(),
                Duration.ofMillis(message.getLimitMillis()));
    }
}
