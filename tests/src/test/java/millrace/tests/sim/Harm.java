package millrace.tests.sim;

import java.util.List;
import java.util.Optional;
import millrace.aggregator.Transaction;
import millrace.proto.Ending;
import millrace.proto.Heartbeat;
import millrace.proto.JobOrder;
import millrace.proto.Progress;
import millrace.proto.Result;
import millrace.proto.Snapshot;
import millrace.proto.Task;
import millrace.tests.model.Isolation;

/// Where a planted bug takes hold: between the cores and the model of Kafka everything passes through one of these
/// methods, which change nothing unless a bug overrides them. Where a method answers with an [Optional], none means
/// that the core never learns of it.
class Harm {
    /// No harm.
    static final Harm NONE = new Harm();

    // ---- worker

    List<millrace.worker.Action> worker(SimWorker worker, List<millrace.worker.Action> actions) {
        return actions;
    }

    /// What becomes of a result on its way to the brokers; none means that it is lost, and taken for written.
    Optional<Result> publish(SimWorker worker, Result result) {
        return Optional.of(result);
    }

    /// Whether the worker takes results for written before they are.
    boolean trustsItsOutbox() {
        return false;
    }

    /// How often a record was delivered, as the desk is told.
    int deliveries(int count) {
        return count;
    }

    // ---- producer

    Optional<Ending> ending(SimProducer producer, Ending ending) {
        return Optional.of(ending);
    }

    Optional<JobOrder> order(SimProducer producer, JobOrder order) {
        return Optional.of(order);
    }

    Optional<Progress> progress(SimProducer producer, Progress progress) {
        return Optional.of(progress);
    }

    Optional<Heartbeat> heartbeat(SimProducer producer, Heartbeat beat) {
        return Optional.of(beat);
    }

    boolean learnsOfFailedSends() {
        return true;
    }

    Isolation isolation() {
        return Isolation.READ_COMMITTED;
    }

    long resultsEnd(long end) {
        return end;
    }

    Optional<Task> found(Task task) {
        return Optional.of(task);
    }

    long finishedBelow(long offset, long end) {
        return offset;
    }

    boolean mayFeed(boolean fresh) {
        return fresh;
    }

    List<millrace.producer.Action> producer(SimProducer producer, List<millrace.producer.Action> actions) {
        return actions;
    }

    // ---- aggregator

    boolean keepsRevoked() {
        return false;
    }

    String transactionalId(String aggregator, String id) {
        return id;
    }

    Optional<Ending> ownEnding(Ending ending) {
        return Optional.of(ending);
    }

    Optional<Snapshot> snapshot(Snapshot piece) {
        return Optional.of(piece);
    }

    Optional<JobOrder> ownOrder(JobOrder order) {
        return Optional.of(order);
    }

    long resume(long offset, long end) {
        return offset;
    }

    Optional<Result> result(Result result) {
        return Optional.of(result);
    }

    List<Progress> published(List<Progress> due) {
        return due;
    }

    Transaction transaction(Transaction transaction) {
        return transaction;
    }

    /// Whether pieces of outputs are written within the transaction.
    boolean piecesInTransaction() {
        return true;
    }

    /// Whether endings are written within the transaction.
    boolean endsInTransaction() {
        return true;
    }

    /// Whether offsets are committed with the transaction, and not before it.
    boolean offsetsInTransaction() {
        return true;
    }

    /// Whether an owner that does not know what became of its commit takes the partition over anew, and does not
    /// just write again.
    boolean startsAnewInDoubt() {
        return true;
    }
}
