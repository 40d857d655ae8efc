package millrace.proto;

import com.google.protobuf.MessageLite;

/// Orders as messages.
final class OrderWire {
    private OrderWire() {}

    static MessageLite write(JobOrder order) {
        var message = millrace.v1.JobOrder.newBuilder().setJob(order.job());
        switch (order) {
            case JobOrder.Submit submit -> message.setSubmit(submit.spec().bytes());
            case JobOrder.Cancel cancel -> message.getCancelBuilder().setReason(cancel.reason());
            case JobOrder.SetPriority set -> message.getSetPriorityBuilder().setPriority(set.priority());
            case JobOrder.Pause _ -> message.getPauseBuilder();
            case JobOrder.Resume _ -> message.getResumeBuilder();
            case JobOrder.Remove _ -> message.getRemoveBuilder();
        }
        return message.build();
    }

    static JobOrder read(millrace.v1.JobOrder message) {
        var job = message.getJob();
        return switch (message.getOrderCase()) {
            case SUBMIT -> {
                var spec = JobSpec.parse(message.getSubmit());
                Check.require(
                        spec.job().equals(job), "order of job '%s' has a spec of %s", Text.line(job, 100), spec.job());
                yield new JobOrder.Submit(spec);
            }
            case CANCEL -> new JobOrder.Cancel(job, message.getCancel().getReason());
            case SET_PRIORITY ->
                new JobOrder.SetPriority(job, message.getSetPriority().getPriority());
            case PAUSE -> new JobOrder.Pause(job);
            case RESUME -> new JobOrder.Resume(job);
            case REMOVE -> new JobOrder.Remove(job);
            case ORDER_NOT_SET -> throw new IllegalArgumentException("the order is unknown to this release");
        };
    }
}
