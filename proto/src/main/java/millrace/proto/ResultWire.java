package millrace.proto;

import com.google.protobuf.MessageLite;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Results as messages.
final class ResultWire {
    private ResultWire() {}

    static MessageLite write(Result result) {
        var message = millrace.v1.Result.newBuilder()
                .setJob(result.job())
                .setSpecDigest(result.digest().bytes())
                .setFirst(result.first())
                .setEnd(result.end())
                .setAttempt(result.attempt())
                .setEmission(result.emission())
                .setAlone(result.alone())
                .setCopy(result.copy())
                .setWorker(result.worker())
                .setDelivery(result.delivery())
                .setCost(millrace.v1.Cost.newBuilder()
                        .setCpuNanos(result.cost().cpuNanos())
                        .setWallNanos(result.cost().wallNanos())
                        .setQueueNanos(result.cost().queueNanos())
                        .setAllocatedBytes(result.cost().allocatedBytes())
                        .setWarmNanos(result.cost().extra().warmNanos())
                        .setBlobNanos(result.cost().extra().blobNanos())
                        .setBlobBytes(result.cost().extra().blobBytes())
                        .setCores(result.cost().footprint().cores())
                        .setHeapBytes(result.cost().footprint().heapBytes())
                        .setResidentBytes(result.cost().footprint().residentBytes()));
        switch (result.answer()) {
            case Result.Done done -> {
                message.getDoneBuilder().setValue(done.value());
                var place = done.place();
                if (place != null) {
                    message.getDoneBuilder()
                            .setPlace(BlobWire.place(place.parts().getFirst()))
                            .setPassedOn(place.passedOn())
                            .addAllMore(place.parts().stream()
                                    .skip(1)
                                    .map(BlobWire::place)
                                    .toList());
                }
            }
            case Result.Failed failed ->
                message.getFailedBuilder()
                        .setKind(kind(failed.kind()))
                        .setMessage(failed.message())
                        .setStack(failed.stack());
            case Result.HandedBack back ->
                message.getHandedBackBuilder().setReason(reason(back.reason())).setDetail(back.detail());
        }
        return message.build();
    }

    static Result read(millrace.v1.Result message) {
        var cost = message.getCost();
        return new Result(
                message.getJob(),
                new SpecDigest(message.getSpecDigest()),
                message.getFirst(),
                message.getEnd(),
                message.getAttempt(),
                message.getEmission(),
                message.getAlone(),
                message.getCopy(),
                message.getWorker(),
                message.getDelivery(),
                new Result.Cost(
                        cost.getCpuNanos(),
                        cost.getWallNanos(),
                        cost.getQueueNanos(),
                        cost.getAllocatedBytes(),
                        new Result.Extra(cost.getWarmNanos(), cost.getBlobNanos(), cost.getBlobBytes()),
                        new Result.Footprint(cost.getCores(), cost.getHeapBytes(), cost.getResidentBytes())),
                answer(message));
    }

    private static Result.Answer answer(millrace.v1.Result message) {
        return switch (message.getAnswerCase()) {
            case DONE -> new Result.Done(message.getDone().getValue(), place(message.getDone()));
            case FAILED ->
                new Result.Failed(
                        kind(message.getFailed().getKind()),
                        message.getFailed().getMessage(),
                        message.getFailed().getStack());
            case HANDED_BACK ->
                new Result.HandedBack(
                        reason(message.getHandedBack().getReason()),
                        message.getHandedBack().getDetail());
            case ANSWER_NOT_SET -> throw new IllegalArgumentException("the answer is unknown to this release");
        };
    }

    private static Result.@Nullable Place place(millrace.v1.Done done) {
        if (!done.hasPlace()) {
            return null;
        }
        var parts = Stream.concat(Stream.of(done.getPlace()), done.getMoreList().stream())
                .map(BlobWire::place)
                .toList();
        return new Result.Place(parts, done.getPassedOn());
    }

    static millrace.v1.FailureKind kind(Result.FailureKind kind) {
        return millrace.v1.FailureKind.valueOf("FAILURE_KIND_" + kind.name());
    }

    static Result.FailureKind kind(millrace.v1.FailureKind kind) {
        return known(Result.FailureKind.class, kind, "FAILURE_KIND_");
    }

    static millrace.v1.HandBackReason reason(Result.HandBackReason reason) {
        return millrace.v1.HandBackReason.valueOf("HAND_BACK_REASON_" + reason.name());
    }

    static Result.HandBackReason reason(millrace.v1.HandBackReason reason) {
        return known(Result.HandBackReason.class, reason, "HAND_BACK_REASON_");
    }

    // The messages' enums have our names behind their prefix; UNSPECIFIED and UNRECOGNIZED have no counterpart.
    static <E extends Enum<E>> E known(Class<E> type, Enum<?> message, String prefix) {
        try {
            return Enum.valueOf(
                    type,
                    message.name()
                            .substring(Math.min(prefix.length(), message.name().length())));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(type.getSimpleName() + " " + message + " is unknown to this release", e);
        }
    }
}
