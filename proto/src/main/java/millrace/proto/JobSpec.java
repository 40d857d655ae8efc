package millrace.proto;

import static millrace.proto.Check.require;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// What a client asks for: the math, the items, the join and the policy. Immutable; it travels verbatim, and its digest
/// names it.
public final class JobSpec {
    /// The most characters of a job id.
    public static final int ID_MAX = 100;

    /// The most bytes of a spec: its ending carries it, beside a report.
    public static final int BYTES_MAX = 200_000;

    /// The most labels of a job, and the most characters of a label's name or value.
    public static final int LABELS_MAX = 32;

    // A random id has 58 random bits, in the letters and digits that people do not mistake for others.
    private static final String RANDOM_LETTERS = "23456789abcdefghjkmnpqrstvwxyz";
    private static final int RANDOM_LENGTH = 12;

    private final ByteString bytes;
    private final SpecDigest digest;
    private final String job;
    private final int partition;
    private final ByteString computationBytes;
    private final Computation computation;
    private final Ranges.@Nullable Range range;
    private final long first;
    private final Join join;
    private final Policy policy;
    private final SortedMap<String, String> labels;
    private final String parent;

    private JobSpec(ByteString bytes) {
        require(bytes.size() <= BYTES_MAX, "the spec has %d bytes, allowed %d", bytes.size(), BYTES_MAX);
        millrace.v1.JobSpec message;
        try {
            message = millrace.v1.JobSpec.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("the spec is not protobuf", e);
        }
        this.bytes = bytes;
        digest = SpecDigest.over(bytes);
        job = checkId(message.getJob());
        partition = message.getPartition();
        require(0 <= partition && partition < Topics.PARTITIONS_MAX, "job %s has partition %d", job, partition);
        computationBytes = message.getComputation();
        computation = Computation.parse(computationBytes);
        require(
                0 <= message.getFirst()
                        && message.getFirst() <= message.getEnd()
                        && message.getEnd() <= computation.items(),
                "job %s has items [%d, %d), allowed within [0, %d)",
                job,
                message.getFirst(),
                message.getEnd(),
                computation.items());
        first = message.getFirst();
        range = message.getFirst() == message.getEnd() ? null : new Ranges.Range(message.getFirst(), message.getEnd());
        join = read(message.getJoin());
        policy = Policy.of(message.getPolicy());
        var byName = new TreeMap<String, String>();
        for (var label : message.getLabelsList()) {
            byName.put(label.getName(), label.getValue());
        }
        labels = checkLabels(byName);
        parent = message.getParent().isEmpty() ? "" : checkId(message.getParent());
    }

    /// Reads the bytes of an order or ending.
    ///
    /// @throws IllegalArgumentException when they are no valid spec
    public static JobSpec parse(ByteString bytes) {
        return new JobSpec(bytes);
    }

    /// @param job        1 to [#ID_MAX] characters: letters, digits, `.`, `_` and `-`
    /// @param partitions the fleet's number of result partitions
    /// @param first      first item wanted, inclusive
    /// @param end        one past the last item wanted, at most the computation's items
    /// @param parent     the job whose dead letters this one replays, or empty
    /// @throws BadInput when any of it is out of range
    public static JobSpec of(
            String job,
            int partitions,
            Computation computation,
            long first,
            long end,
            Join join,
            Policy policy,
            SortedMap<String, String> labels,
            String parent) {
        var message = millrace.v1.JobSpec.newBuilder()
                .setJob(job)
                .setComputation(computation.bytes())
                .setFirst(first)
                .setEnd(end)
                .setJoin(write(join))
                .setPolicy(policy.message())
                .setParent(parent);
        labels.forEach((name, value) ->
                message.addLabels(millrace.v1.Label.newBuilder().setName(name).setValue(value)));
        try {
            message.setPartition(Topics.partition(checkId(job), partitions));
            return new JobSpec(message.build().toByteString());
        } catch (IllegalArgumentException e) {
            throw new BadInput(String.valueOf(e.getMessage()));
        }
    }

    /// The id itself, when it is one.
    ///
    /// @throws IllegalArgumentException when it is none
    public static String checkId(String job) {
        // Every task and result is checked, several times on its way: nothing is made for those that pass.
        if (!isId(job)) {
            throw new IllegalArgumentException(
                    "job id is '%s', allowed: a letter or digit, then letters, digits, '.', '_' and '-', %d in all"
                            .formatted(Text.line(job, ID_MAX), ID_MAX));
        }
        return job;
    }

    /// An id for a job that nobody named: the kernel's name, `-` and 12 random letters and digits.
    ///
    /// @param random one whose numbers nobody else draws, too
    public static String randomId(String kernel, RandomGenerator random) {
        var id = new StringBuilder(kernel).append('-');
        for (var i = 0; i < RANDOM_LENGTH; i++) {
            id.append(RANDOM_LETTERS.charAt(random.nextInt(RANDOM_LETTERS.length())));
        }
        return id.toString();
    }

    private static boolean isId(String job) {
        var length = job.length();
        if (length == 0 || length > ID_MAX || !isLetterOrDigit(job.charAt(0))) {
            return false;
        }
        for (var at = 1; at < length; at++) {
            var letter = job.charAt(at);
            if (!isLetterOrDigit(letter) && letter != '.' && letter != '_' && letter != '-') {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetterOrDigit(char letter) {
        return ('a' <= letter && letter <= 'z') || ('A' <= letter && letter <= 'Z') || ('0' <= letter && letter <= '9');
    }

    private static SortedMap<String, String> checkLabels(SortedMap<String, String> labels) {
        require(labels.size() <= LABELS_MAX, "the job has %d labels, allowed %d", labels.size(), LABELS_MAX);
        labels.forEach((name, value) -> {
            require(
                    name.matches("[A-Za-z0-9][A-Za-z0-9._/-]{0,99}"),
                    "label name is '%s', allowed: letters, digits, '.', '_', '/' and '-', 100 in all",
                    Text.line(name, 100));
            require(
                    value.length() <= 100 && value.equals(Text.line(value, 100)),
                    "label %s is '%s', allowed: one line of 100 characters",
                    name,
                    Text.line(value, 100));
        });
        return Collections.unmodifiableSortedMap(labels);
    }

    public ByteString bytes() {
        return bytes;
    }

    public SpecDigest digest() {
        return digest;
    }

    public String job() {
        return job;
    }

    /// The partition of `jobs`, `results`, `outputs`, `endings` and `snapshots` that the job lives in.
    public int partition() {
        return partition;
    }

    public Computation computation() {
        return computation;
    }

    /// The computation as it travels in tasks.
    public ByteString computationBytes() {
        return computationBytes;
    }

    /// The items wanted, or null when there are none.
    public Ranges.@Nullable Range range() {
        return range;
    }

    /// First item wanted.
    public long first() {
        return first;
    }

    /// One past the last item wanted.
    public long end() {
        return range == null ? first : range.end();
    }

    /// The number of items wanted.
    public long items() {
        return end() - first;
    }

    public Join join() {
        return join;
    }

    public Policy policy() {
        return policy;
    }

    public SortedMap<String, String> labels() {
        return labels;
    }

    /// The job whose dead letters this one replays, or empty.
    public String parent() {
        return parent;
    }

    private static millrace.v1.Join write(Join join) {
        var message = millrace.v1.Join.newBuilder();
        switch (join) {
            case Join.IntegerSum sum -> message.getIntegerSumBuilder().setWidth(sum.width());
            case Join.FloatSum sum -> message.getFloatSumBuilder().setWidth(sum.width());
            case Join.Concatenation _ -> message.getConcatenationBuilder();
            case Join.CountsByKey _ -> message.getCountsByKeyBuilder();
            case Join.CountsByPrefix counts ->
                message.getCountsByPrefixBuilder().setAtLeast(counts.atLeast());
            case Join.Extremes _ -> message.getExtremesBuilder();
            case Join.TopK top -> message.getTopKBuilder().setK(top.k());
        }
        return message.build();
    }

    private static Join read(millrace.v1.Join message) {
        return switch (message.getKindCase()) {
            case INTEGER_SUM -> new Join.IntegerSum(message.getIntegerSum().getWidth());
            case FLOAT_SUM -> new Join.FloatSum(message.getFloatSum().getWidth());
            case CONCATENATION -> new Join.Concatenation();
            case COUNTS_BY_KEY -> new Join.CountsByKey();
            case COUNTS_BY_PREFIX ->
                new Join.CountsByPrefix(message.getCountsByPrefix().getAtLeast());
            case EXTREMES -> new Join.Extremes();
            case TOP_K -> new Join.TopK(message.getTopK().getK());
            case KIND_NOT_SET -> throw new IllegalArgumentException("the job's join is unknown to this release");
        };
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JobSpec that && bytes.equals(that.bytes);
    }

    @Override
    public int hashCode() {
        return bytes.hashCode();
    }

    @Override
    public String toString() {
        return job + " (" + computation.kernel() + "@" + computation.version() + ", items [" + first + ", " + end()
                + "))";
    }
}
