package millrace.proto;

import com.google.protobuf.MessageLite;
import org.jspecify.annotations.Nullable;

/// Progress as messages. Ranges are counted from 0, so that a reader needs no spec.
final class ProgressWire {
    private ProgressWire() {}

    static MessageLite write(Progress progress) {
        var message = millrace.v1.Progress.newBuilder()
                .setJob(progress.job())
                .setGeneration(progress.generation())
                .setOwner(progress.owner())
                .setPosition(progress.position())
                .addAllDone(progress.done().encode(0))
                .addAllDead(progress.dead().encode(0))
                .setTally(progress.tally().message())
                .setItemsPerSecond(progress.itemsPerSecond())
                .setUpdatedMillis(progress.updatedMillis());
        var eta = progress.eta();
        message.setEtaLowSeconds(eta == null ? -1 : eta.lowSeconds())
                .setEtaSeconds(eta == null ? -1 : eta.seconds())
                .setEtaHighSeconds(eta == null ? -1 : eta.highSeconds());
        for (var again : progress.again()) {
            message.addAgain(write(again));
        }
        return message.build();
    }

    static Progress read(millrace.v1.Progress message) {
        return new Progress(
                message.getJob(),
                message.getGeneration(),
                Text.line(message.getOwner(), 100),
                message.getPosition(),
                Ranges.decode(message.getDoneList(), 0, Description.ITEMS_MAX),
                Ranges.decode(message.getDeadList(), 0, Description.ITEMS_MAX),
                message.getAgainList().stream().map(ProgressWire::read).toList(),
                Tally.of(message.getTally()),
                message.getItemsPerSecond(),
                eta(message),
                message.getUpdatedMillis());
    }

    private static Progress.@Nullable Eta eta(millrace.v1.Progress message) {
        return message.getEtaSeconds() < 0
                ? null
                : new Progress.Eta(message.getEtaLowSeconds(), message.getEtaSeconds(), message.getEtaHighSeconds());
    }

    static millrace.v1.Again write(Progress.Again again) {
        var message = millrace.v1.Again.newBuilder()
                .setFirst(again.first())
                .setEnd(again.end())
                .setEmission(again.emission())
                .setFailures(again.failures())
                .setAlone(again.alone())
                .setCause(again.why().line());
        var handedBack = again.why().handedBack();
        if (handedBack != null) {
            message.setHandedBack(ResultWire.reason(handedBack));
        }
        var failed = again.why().failed();
        if (failed != null) {
            message.setFailed(ResultWire.kind(failed));
        }
        return message.build();
    }

    static Progress.Again read(millrace.v1.Again message) {
        var handedBack = message.getHandedBack() == millrace.v1.HandBackReason.HAND_BACK_REASON_UNSPECIFIED
                ? null
                : ResultWire.reason(message.getHandedBack());
        var failed = message.getFailed() == millrace.v1.FailureKind.FAILURE_KIND_UNSPECIFIED
                ? null
                : ResultWire.kind(message.getFailed());
        return new Progress.Again(
                message.getFirst(),
                message.getEnd(),
                message.getEmission(),
                message.getFailures(),
                message.getAlone(),
                new Progress.Why(handedBack, failed, message.getCause()));
    }
}
