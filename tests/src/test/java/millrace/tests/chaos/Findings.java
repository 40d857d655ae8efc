package millrace.tests.chaos;

import com.google.protobuf.ByteString;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import millrace.v1.EndState;
import millrace.v1.Ending;
import millrace.v1.OutputPiece;
import millrace.v1.Progress;

/// What a ledger says about jobs that customers wanted: everything that must hold is checked, and what does not is a
/// sentence.
final class Findings {
    private final ClientLog log;
    private final Ledger ledger;
    private final List<String> wrong = new ArrayList<>();
    private long succeeded;
    private long cancelled;
    private long lost;
    private long doubled;
    private long tasks;

    private Findings(ClientLog log, Ledger ledger) {
        this.log = log;
        this.ledger = ledger;
    }

    static Findings of(ClientLog log, Ledger ledger) {
        var findings = new Findings(log, ledger);
        findings.checkEndings();
        findings.checkSubmissions();
        findings.checkValues();
        findings.checkProgress();
        if (ledger.deadLetters() > 0) {
            findings.wrong("%d dead letters, and no kernel fails".formatted(ledger.deadLetters()));
        }
        return findings;
    }

    private void wrong(String sentence) {
        wrong.add(sentence);
    }

    /// What does not hold.
    List<String> wrong() {
        return List.copyOf(wrong);
    }

    long succeeded() {
        return succeeded;
    }

    long cancelled() {
        return cancelled;
    }

    /// Items that are missing in an output.
    long lost() {
        return lost;
    }

    /// Items that are in an output more than once.
    long doubled() {
        return doubled;
    }

    /// Tasks of the jobs whose outputs were compared.
    long tasks() {
        return tasks;
    }

    private void checkEndings() {
        var endings = new HashMap<String, Ending>();
        for (var entry : ledger.endings()) {
            var ending = entry.body();
            if (endings.put(ending.getJob(), ending) != null) {
                wrong("%s has ended twice".formatted(ending.getJob()));
            }
            if (!log.orders().containsKey(ending.getJob())) {
                wrong("%s has ended, and nobody has submitted it".formatted(ending.getJob()));
            }
        }
        var places = new HashMap<String, OutputPiece>();
        var pieces = new HashMap<String, List<Ledger.Entry<OutputPiece>>>();
        for (var entry : ledger.outputs()) {
            places.put(entry.partition() + "/" + entry.offset(), entry.body());
            pieces.computeIfAbsent(entry.body().getJob(), _ -> new ArrayList<>())
                    .add(entry);
        }
        var byJob = log.byJob();
        log.orders().forEach((job, order) -> {
            var entries = byJob.getOrDefault(job, List.of());
            var ending = endings.get(job);
            if (ending == null) {
                if (entries.stream().anyMatch(entry -> entry.outcome() == ClientLog.Outcome.ACCEPTED)) {
                    wrong("%s was accepted and has not ended".formatted(job));
                }
                return;
            }
            if (entries.isEmpty()) {
                wrong("%s has ended, and was not submitted yet".formatted(job));
            }
            check(order, entries, ending, places, pieces.getOrDefault(job, List.of()));
        });
    }

    private void check(
            ClientLog.Order order,
            List<ClientLog.Entry> entries,
            Ending ending,
            Map<String, OutputPiece> places,
            List<Ledger.Entry<OutputPiece>> pieces) {
        log.ending(order.job()).ifPresent(told -> {
            if (!ending.getState().name().equals("END_STATE_" + told.state())) {
                wrong("%s ended %s, and its customer was told %s"
                        .formatted(order.job(), ending.getState(), told.state()));
            }
        });
        var place = ending.getOutput();
        var written = place.getOffsetsCount();
        if (pieces.size() != written) {
            var where = pieces.stream()
                    .map(piece -> "%d/%d at %d".formatted(piece.partition(), piece.offset(), piece.atMillis()))
                    .toList();
            wrong("%s has %d pieces of output, and its ending names %d: %s, ending of %s in generation %d"
                    .formatted(order.job(), pieces.size(), written, where, ending.getOwner(), ending.getGeneration()));
        }
        if (ending.getState() == EndState.END_STATE_CANCELLED) {
            cancelled++;
            if (entries.stream().noneMatch(entry -> entry.action() == ClientLog.Action.CANCEL)) {
                wrong("%s is cancelled, and nobody cancelled it".formatted(order.job()));
            }
        } else if (ending.getState() == EndState.END_STATE_SUCCEEDED) {
            succeeded++;
            checkOutput(order, ending, places);
        } else {
            wrong("%s ended %s: %s".formatted(order.job(), ending.getState(), ending.getReason()));
        }
    }

    private void checkOutput(ClientLog.Order order, Ending ending, Map<String, OutputPiece> places) {
        var place = ending.getOutput();
        var bytes = place.getInline();
        for (var offset : place.getOffsetsList()) {
            var piece = places.get(place.getPartition() + "/" + offset);
            if (piece == null || !piece.getJob().equals(order.job())) {
                wrong("%s has no piece of its output at offset %d".formatted(order.job(), offset));
                return;
            }
            bytes = bytes.concat(piece.getData());
        }
        var output = bytes.toByteArray();
        var expected = order.work().expected();
        tasks += Math.ceilDiv(order.work().description().items(), order.taskItems());
        if (!MessageDigest.isEqual(output, expected)) {
            wrong("%s has another output than it must: %s".formatted(order.job(), order.work()));
            order.work().items(output).ifPresent(items -> count(order, items));
        }
        if (!MessageDigest.isEqual(sha256(expected), ending.getDigest().toByteArray())) {
            wrong("%s has another digest than it must: %s".formatted(order.job(), order.work()));
        }
        if (ending.getTally().getItems() != order.work().description().items()) {
            wrong("%s has counted %d items"
                    .formatted(order.job(), ending.getTally().getItems()));
        }
    }

    private void count(ClientLog.Order order, BigInteger items) {
        var more = items.longValueExact() - order.work().description().items();
        lost += Math.max(0, -more);
        doubled += Math.max(0, more);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private void checkSubmissions() {
        var specs = new HashMap<String, ByteString>();
        for (var entry : ledger.orders()) {
            var order = entry.body();
            if (order.hasSubmit()) {
                var first = specs.putIfAbsent(order.getJob(), order.getSubmit());
                if (first != null && !first.equals(order.getSubmit())) {
                    wrong("%s was submitted with two specs".formatted(order.getJob()));
                }
            }
        }
        for (var entry : log.entries()) {
            if (entry.outcome() == ClientLog.Outcome.REFUSED) {
                wrong("%s of %s was refused: %s".formatted(entry.action(), entry.job(), entry.detail()));
            }
            if (entry.outcome() == ClientLog.Outcome.ACCEPTED && !specs.containsKey(entry.job())) {
                wrong("%s of %s was accepted, and no such job was submitted".formatted(entry.action(), entry.job()));
            }
        }
    }

    // The kernels are pure: whoever computes a range gets the same bytes.
    private void checkValues() {
        record Span(String job, long first, long end) {}
        var values = new HashMap<Span, ByteString>();
        for (var entry : ledger.results()) {
            var result = entry.body();
            if (result.hasDone()) {
                var value = result.getDone().getValue();
                var span = new Span(result.getJob(), result.getFirst(), result.getEnd());
                if (!value.equals(values.getOrDefault(span, value))) {
                    wrong("%s has two values".formatted(span));
                }
                values.put(span, value);
            } else if (result.hasFailed()) {
                wrong("a task of %s failed: %s".formatted(result.getJob(), result.getFailed()));
            }
        }
    }

    // As everybody reads progress: a higher generation replaces, a lower one is nothing. A new owner may begin some
    // results behind one that does not know yet that it has been replaced; people are shown the most of both. But of as
    // many results nobody counts less than anybody before.
    private void checkProgress() {
        var latest = new HashMap<String, Progress>();
        var counted = new HashMap<String, TreeMap<Long, Long>>();
        var backwards = new HashSet<String>();
        for (var entry : ledger.progress()) {
            var progress = entry.body();
            var job = progress.getJob();
            var before = latest.getOrDefault(job, progress);
            if (progress.getGeneration() < before.getGeneration()) {
                continue;
            }
            latest.put(job, progress);
            var items = progress.getTally().getItems();
            var ofAsMany = counted.computeIfAbsent(job, _ -> new TreeMap<>());
            var below = ofAsMany.floorEntry(progress.getPosition());
            var least = Math.max(
                    below == null ? 0 : below.getValue(),
                    progress.getGeneration() == before.getGeneration()
                            ? before.getTally().getItems()
                            : 0);
            ofAsMany.merge(progress.getPosition(), items, Math::max);
            if (items < least && backwards.add(job)) {
                wrong("progress of %s went back from %d to %d items".formatted(job, least, items));
            }
        }
    }
}
