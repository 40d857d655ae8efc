package millrace.proto;

import static millrace.proto.Check.require;

import com.google.protobuf.MessageLite;

/// Endings and dead letters as messages.
final class EndingWire {
    private EndingWire() {}

    static MessageLite write(Ending ending) {
        var spec = ending.spec();
        var message = millrace.v1.Ending.newBuilder()
                .setJob(spec.job())
                .setSpec(spec.bytes())
                .setSpecDigest(spec.digest().bytes())
                .setState(millrace.v1.EndState.valueOf(
                        "END_STATE_" + ending.state().name()))
                .setReason(ending.reason())
                .setDigest(ending.outputDigest())
                .setTally(ending.tally().message())
                .setSubmittedMillis(ending.submittedMillis())
                .setEndedMillis(ending.endedMillis())
                .setGeneration(ending.generation())
                .setOwner(ending.owner())
                .addAllDone(ending.done().encode(0))
                .addAllDead(ending.dead().encode(0));
        var failure = ending.failure();
        if (failure != null) {
            message.setFailure(millrace.v1.Failure.newBuilder()
                    .setFirst(failure.first())
                    .setEnd(failure.end())
                    .setAttempts(failure.attempts())
                    .setWorker(failure.worker())
                    .setKind(ResultWire.kind(failure.kind()))
                    .setMessage(failure.message())
                    .setStack(failure.stack()));
        }
        var output = ending.output();
        if (output != null) {
            message.setOutput(millrace.v1.OutputPlace.newBuilder()
                    .setPartition(output.partition())
                    .addAllOffsets(output.offsets())
                    .setBytes(output.bytes())
                    .setParts(output.parts())
                    .setInline(output.inline()));
        }
        return message.build();
    }

    static Ending read(millrace.v1.Ending message) {
        var spec = JobSpec.parse(message.getSpec());
        require(
                spec.job().equals(message.getJob()) && spec.digest().bytes().equals(message.getSpecDigest()),
                "ending of job '%s' has another job's spec",
                Text.line(message.getJob(), 100));
        return new Ending(
                spec,
                ResultWire.known(Ending.State.class, message.getState(), "END_STATE_"),
                message.getReason(),
                message.hasFailure() ? read(message.getFailure()) : null,
                message.getDigest(),
                message.hasOutput()
                        ? new Ending.OutputPlace(
                                message.getOutput().getPartition(),
                                message.getOutput().getOffsetsList(),
                                message.getOutput().getBytes(),
                                message.getOutput().getParts(),
                                message.getOutput().getInline())
                        : null,
                Tally.of(message.getTally()),
                message.getSubmittedMillis(),
                message.getEndedMillis(),
                message.getGeneration(),
                Text.line(message.getOwner(), 100),
                Ranges.decode(message.getDoneList(), 0, Description.ITEMS_MAX),
                Ranges.decode(message.getDeadList(), 0, Description.ITEMS_MAX));
    }

    private static Ending.Failure read(millrace.v1.Failure message) {
        return new Ending.Failure(
                message.getFirst(),
                message.getEnd(),
                message.getAttempts(),
                Text.line(message.getWorker(), 100),
                ResultWire.kind(message.getKind()),
                Text.line(message.getMessage(), 500),
                Text.block(message.getStack(), 8000));
    }

    static MessageLite write(DeadLetter letter) {
        var message = millrace.v1.DeadLetter.newBuilder()
                .setJob(letter.job())
                .setSpecDigest(letter.digest().bytes())
                .setFirst(letter.first())
                .setEnd(letter.end())
                .setKernel(letter.kernel())
                .setAtMillis(letter.atMillis());
        letter.causes().forEach(cause -> message.addCauses(causeMessage(cause)));
        return message.build();
    }

    static DeadLetter read(millrace.v1.DeadLetter message) {
        return new DeadLetter(
                message.getJob(),
                new SpecDigest(message.getSpecDigest()),
                message.getFirst(),
                message.getEnd(),
                Text.line(message.getKernel(), 60),
                message.getCausesList().stream().map(EndingWire::cause).toList(),
                message.getAtMillis());
    }

    static millrace.v1.AttemptCause causeMessage(DeadLetter.Cause cause) {
        return millrace.v1.AttemptCause.newBuilder()
                .setFirst(cause.first())
                .setEnd(cause.end())
                .setAttempt(cause.attempt())
                .setWorker(cause.worker())
                .setKind(ResultWire.kind(cause.kind()))
                .setMessage(cause.message())
                .setStack(cause.stack())
                .build();
    }

    static DeadLetter.Cause cause(millrace.v1.AttemptCause message) {
        return new DeadLetter.Cause(
                message.getFirst(),
                message.getEnd(),
                message.getAttempt(),
                Text.line(message.getWorker(), 100),
                ResultWire.kind(message.getKind()),
                Text.line(message.getMessage(), 500),
                Text.block(message.getStack(), 8000));
    }
}
