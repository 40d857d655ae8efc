package millrace.proto;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import java.util.function.Function;

/// The channels of one fleet: what each of its topics carries. Any thread.
public final class Wire {
    private final String fleet;
    private final Channel<JobOrder> jobs;
    private final Channel<Task> tasks;
    private final Channel<Result> results;
    private final Channel<Progress> progress;
    private final Channel<OutputPiece> outputs;
    private final Channel<Ending> endings;
    private final Channel<Snapshot> snapshots;
    private final Channel<DeadLetter> deadLetters;
    private final Channel<BlobRecord> blobs;
    private final Channel<Heartbeat> workers;

    /// @param fleet the fleet's name, see [Topics#checkFleet]
    public Wire(String fleet) {
        this.fleet = Topics.checkFleet(fleet);
        jobs = channel(
                Topics.JOBS,
                JobOrder::job,
                OrderWire::write,
                body -> OrderWire.read(parse(body, millrace.v1.JobOrder.parser())));
        tasks = channel(
                Topics.TASKS, _ -> "", TaskWire::write, body -> TaskWire.read(parse(body, millrace.v1.Task.parser())));
        results = channel(
                Topics.RESULTS,
                Result::job,
                ResultWire::write,
                body -> ResultWire.read(parse(body, millrace.v1.Result.parser())));
        progress = channel(
                Topics.PROGRESS,
                Progress::job,
                ProgressWire::write,
                body -> ProgressWire.read(parse(body, millrace.v1.Progress.parser())));
        outputs = channel(
                Topics.OUTPUTS,
                piece -> piece.job() + "/" + piece.piece(),
                OutputWire::write,
                body -> OutputWire.read(parse(body, millrace.v1.OutputPiece.parser())));
        endings = channel(
                Topics.ENDINGS,
                Ending::job,
                EndingWire::write,
                body -> EndingWire.read(parse(body, millrace.v1.Ending.parser())));
        snapshots = channel(
                Topics.SNAPSHOTS,
                piece -> piece.job() + "/" + piece.piece(),
                OutputWire::write,
                body -> OutputWire.read(parse(body, millrace.v1.Snapshot.parser())));
        deadLetters = channel(
                Topics.DEAD_LETTERS,
                DeadLetter::job,
                EndingWire::write,
                body -> EndingWire.read(parse(body, millrace.v1.DeadLetter.parser())));
        blobs = channel(
                Topics.BLOBS,
                BlobRecord::key,
                BlobWire::write,
                body -> BlobWire.read(parse(body, millrace.v1.BlobRecord.parser())));
        workers = channel(
                Topics.WORKERS,
                Heartbeat::worker,
                HeartbeatWire::write,
                body -> HeartbeatWire.read(parse(body, millrace.v1.Heartbeat.parser())));
    }

    private <T> Channel<T> channel(
            Topics topic, Function<T, String> key, Function<T, MessageLite> writer, Channel.Reader<T> reader) {
        return new Channel<>(topic.in(fleet), key, writer, reader);
    }

    private static <M> M parse(ByteString body, com.google.protobuf.Parser<M> parser)
            throws com.google.protobuf.InvalidProtocolBufferException {
        return parser.parseFrom(body);
    }

    public String fleet() {
        return fleet;
    }

    public Channel<JobOrder> jobs() {
        return jobs;
    }

    public Channel<Task> tasks() {
        return tasks;
    }

    public Channel<Result> results() {
        return results;
    }

    public Channel<Progress> progress() {
        return progress;
    }

    public Channel<OutputPiece> outputs() {
        return outputs;
    }

    public Channel<Ending> endings() {
        return endings;
    }

    public Channel<Snapshot> snapshots() {
        return snapshots;
    }

    public Channel<DeadLetter> deadLetters() {
        return deadLetters;
    }

    public Channel<BlobRecord> blobs() {
        return blobs;
    }

    public Channel<Heartbeat> workers() {
        return workers;
    }
}
