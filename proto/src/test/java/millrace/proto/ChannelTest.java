package millrace.proto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import millrace.v1.Sealed;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChannelTest {
    private static final Wire WIRE = new Wire("mill");

    /// A record of one topic, of one kind.
    record Case<T>(Channel<T> channel, T record) {
        byte @Nullable [] key() {
            return channel.key(record);
        }

        byte[] value() {
            return channel.value(record);
        }

        @Override
        public String toString() {
            return channel.topic() + " " + record.getClass().getSimpleName();
        }
    }

    static List<Case<?>> cases() {
        var cases = new ArrayList<Case<?>>();
        for (var order : List.of(
                new JobOrder.Submit(Samples.SPEC),
                new JobOrder.Cancel(Samples.JOB, "enough"),
                new JobOrder.SetPriority(Samples.JOB, -3),
                new JobOrder.Pause(Samples.JOB),
                new JobOrder.Resume(Samples.JOB),
                new JobOrder.Remove(Samples.JOB))) {
            cases.add(new Case<JobOrder>(WIRE.jobs(), order));
        }
        cases.add(new Case<>(WIRE.tasks(), Samples.task()));
        for (var result : List.of(
                Samples.done(),
                Samples.elsewhere(false, 1),
                Samples.elsewhere(true, 3),
                Samples.failed(),
                Samples.handedBack())) {
            cases.add(new Case<>(WIRE.results(), result));
        }
        cases.add(new Case<>(WIRE.progress(), Samples.progress()));
        cases.add(new Case<>(
                WIRE.outputs(),
                new OutputPiece(Samples.JOB, Samples.SPEC.digest(), 1, 3, ByteString.copyFromUtf8("data"))));
        for (var output : List.of(
                new Ending.OutputPlace(2, List.of(4L, 5L), 3_000_000),
                new Ending.OutputPlace(2, List.of(), 3, false, ByteString.copyFromUtf8("abc")))) {
            cases.add(new Case<>(WIRE.endings(), Samples.ending(output)));
        }
        cases.add(new Case<>(
                WIRE.snapshots(),
                new Snapshot(Samples.JOB, Samples.SPEC.digest(), 4, 1, 3, ByteString.copyFromUtf8("data"))));
        cases.add(new Case<>(WIRE.deadLetters(), Samples.deadLetter()));
        cases.add(new Case<>(WIRE.workers(), Samples.heartbeat()));
        return cases;
    }

    @ParameterizedTest
    @MethodSource("cases")
    <T> void whatIsWrittenIsRead(Case<T> sample) throws ForeignRecord {
        assertThat(sample.channel().read(sample.key(), sample.value())).isEqualTo(sample.record());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyTruncationIsForeign(Case<?> sample) {
        var value = sample.value();
        for (var length = 0; length < value.length; length++) {
            assertForeign(sample, Arrays.copyOf(value, length), "first " + length + " bytes");
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyFlippedBitIsForeignOrHarmless(Case<?> sample) {
        var value = sample.value();
        for (var bit = 0; bit < 8 * value.length; bit++) {
            var flipped = value.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertForeign(sample, flipped, "bit " + bit);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void randomBytesAreForeign(Case<?> sample) {
        var seed = 20261122L;
        var random = new Random(seed);
        for (var round = 0; round < 2000; round++) {
            var bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            assertForeign(sample, bytes, "seed " + seed + " round " + round);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aRecordOfAnotherTopicFleetOrKeyIsForeign(Case<?> sample) {
        for (var other : cases()) {
            if (!other.channel().topic().equals(sample.channel().topic())) {
                assertForeign(sample, other.value(), "of " + other);
            }
        }
        var elsewhere = new Wire("mill2");
        for (var channel : List.of(
                elsewhere.jobs(),
                elsewhere.tasks(),
                elsewhere.results(),
                elsewhere.progress(),
                elsewhere.endings(),
                elsewhere.workers())) {
            assertThatThrownBy(() -> channel.read(sample.key(), sample.value())).isInstanceOf(ForeignRecord.class);
        }
        assertThatThrownBy(() -> sample.channel().read("other".getBytes(StandardCharsets.UTF_8), sample.value()))
                .isInstanceOf(ForeignRecord.class);
    }

    @Test
    void aSealedBodyUnderAnotherKeyThanItsOwnIsForeign() {
        var seal = new Seal(WIRE.jobs().topic());
        var body = OrderWire.write(new JobOrder.Pause("job-a"));
        assertThatThrownBy(() -> WIRE.jobs().read("job-b".getBytes(StandardCharsets.UTF_8), seal.close("job-b", body)))
                .isInstanceOf(ForeignRecord.class)
                .extracting(e -> ((ForeignRecord) e).reason())
                .isEqualTo(ForeignRecord.Reason.KEY);
    }

    @Test
    void anotherVersionIsToldApartFromBrokenBytes() throws IOException {
        var sealed = Sealed.parseFrom(WIRE.tasks().value(Samples.task()));
        assertReason(sealed.toBuilder().setVersion(2).build().toByteArray(), ForeignRecord.Reason.VERSION);
    }

    @Test
    void noValueAndAnOversizedValueAreForeign() {
        assertReason(null, ForeignRecord.Reason.EMPTY);
        assertReason(new byte[0], ForeignRecord.Reason.EMPTY);
        assertReason(new byte[2_000_000], ForeignRecord.Reason.TOO_LARGE);
    }

    @Test
    void aDeclaredLengthOfTwoGibibytesIsRefusedBeforeItIsAllocated() throws IOException {
        var bytes = ByteString.newOutput();
        var out = CodedOutputStream.newInstance(bytes);
        out.writeTag(3, 2);
        out.writeUInt32NoTag(Integer.MAX_VALUE);
        out.flush();
        assertReason(bytes.toByteString().toByteArray(), ForeignRecord.Reason.NOT_SEALED);
    }

    @Test
    void deepNestingOfUnknownGroupsIsForeign() {
        var groups = new byte[200_000];
        Arrays.fill(groups, (byte) ((15 << 3) | 3));
        assertReason(groups, ForeignRecord.Reason.NOT_SEALED);
    }

    static Stream<MessageLite> hostileBodies() {
        var task = TaskWire.write(Samples.task());
        var good = (millrace.v1.Task) task;
        return Stream.of(
                        good.toBuilder().setFirst(-1),
                        good.toBuilder().setFirst(20),
                        good.toBuilder().setEnd(Long.MAX_VALUE),
                        good.toBuilder().setEnd(Long.MIN_VALUE),
                        good.toBuilder().setAttempt(0),
                        good.toBuilder().setAttempt(-1),
                        good.toBuilder().setEmission(0),
                        good.toBuilder().setPartition(-1),
                        good.toBuilder().setPartition(1 << 20),
                        good.toBuilder().setLimitMillis(0),
                        good.toBuilder().setJob(""),
                        good.toBuilder().setJob("../etc"),
                        good.toBuilder().setJob("a\nb"),
                        good.toBuilder().setJob("x".repeat(1_000)),
                        good.toBuilder().setSpecDigest(ByteString.EMPTY))
                .map(message -> message.build());
    }

    @ParameterizedTest
    @MethodSource("hostileBodies")
    void aSealedTaskWithNumbersOutOfRangeIsForeign(MessageLite body) {
        var value = new Seal(WIRE.tasks().topic()).close("", body);
        assertReason(value, ForeignRecord.Reason.BODY);
    }

    @Test
    void hostileStringsOfAResultBecomeOneLine() throws ForeignRecord {
        var result = Result.of(
                Samples.task(),
                "w\u001b[31m\r\nx",
                1,
                Result.Cost.NONE,
                new Result.Failed(Result.FailureKind.EXCEPTION, "a\u0000b\u202e\r\nc" + "x".repeat(10_000), "s"));
        var read =
                WIRE.results().read(WIRE.results().key(result), WIRE.results().value(result));
        assertThat(read.worker()).isEqualTo("w [31m  x");
        assertThat(((Result.Failed) read.answer()).message())
                .startsWith("a b   c")
                .hasSize(500)
                .doesNotContain("\n");
    }

    private static void assertReason(byte @Nullable [] value, ForeignRecord.Reason reason) {
        assertThatThrownBy(() -> WIRE.tasks().read(null, value))
                .isInstanceOf(ForeignRecord.class)
                .extracting(e -> ((ForeignRecord) e).reason())
                .isEqualTo(reason);
    }

    private static void assertForeign(Case<?> sample, byte[] value, String what) {
        try {
            var read = sample.channel().read(sample.key(), value);
            // A flipped bit may also leave the meaning alone, for example in an unknown field's number.
            assertThat(read).as("%s of %s", what, sample).isEqualTo(sample.record());
        } catch (ForeignRecord expected) {
            assertThat(expected.getMessage()).isNotBlank();
        }
    }
}
