package millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import millrace.proto.Blob;
import millrace.proto.BlobPiece;
import millrace.proto.BlobPlace;
import millrace.proto.Counts;
import millrace.proto.Join;
import millrace.proto.Result;
import millrace.proto.Result.Done;
import millrace.proto.Result.Failed;
import millrace.proto.Result.FailureKind;
import millrace.proto.Result.HandedBack;
import millrace.worker.LargeValues.Outcome;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class LargeValuesTest {
    private static final Join JOINED = new Join.FloatSum(1);
    private static final Join PASSED_ON = new Join.Concatenation();
    private static final Join COUNTS = new Join.CountsByKey();

    private final List<ByteString> put = new ArrayList<>();

    private final LargeValues values = new LargeValues((blob, part, job) -> {
        assertThat(Blob.of(part.toByteArray())).isEqualTo(blob);
        assertThat(job).isEqualTo(DeskRig.JOB);
        put.add(part);
        return () -> place(blob);
    });

    private static BlobPlace place(Blob blob) {
        return new BlobPlace(
                blob, 7, 1, LongStream.range(0, BlobPiece.count(blob)).boxed().toList(), 0);
    }

    private static Result.Place place(int bytes, boolean passedOn) {
        return new Result.Place(List.of(place(Blob.of(new byte[bytes]))), passedOn);
    }

    private static Result.Answer answer(LargeValues values, Join join, int bytes) {
        return answer(values, join, new byte[bytes]);
    }

    private static Result.Answer answer(LargeValues values, Join join, byte[] value) {
        return switch (values.of(DeskRig.task(1), join, value)) {
            case Outcome.Answered(var answer) -> answer;
            case Outcome.Large large -> values.put(large);
        };
    }

    @Test
    void smallValuesTravelInTheirResults() {
        assertThat(answer(values, JOINED, Result.VALUE_MAX))
                .isInstanceOfSatisfying(
                        Done.class, done -> assertThat(done.place()).isNull());
        assertThat(answer(values, PASSED_ON, LargeValues.PASSED_ON_MIN))
                .isInstanceOfSatisfying(
                        Done.class, done -> assertThat(done.place()).isNull());
    }

    @Test
    void largeValuesTravelAsBlobs() {
        assertThat(answer(values, JOINED, Result.VALUE_MAX + 1))
                .isInstanceOfSatisfying(
                        Done.class, done -> assertThat(done.place()).isEqualTo(place(Result.VALUE_MAX + 1, false)));
        assertThat(answer(values, PASSED_ON, LargeValues.PASSED_ON_MIN + 1))
                .isInstanceOfSatisfying(
                        Done.class,
                        done -> assertThat(done.place()).isEqualTo(place(LargeValues.PASSED_ON_MIN + 1, true)));
    }

    private static byte[] counts(int keys) {
        var counts = new Counts();
        for (var key = 0; key < keys; key++) {
            counts.add(ByteBuffer.allocate(Integer.BYTES).putInt(key).array(), 1);
        }
        return counts.encode();
    }

    @Test
    void largeCountsTravelAsBlobsThatAreCutBetweenKeys() {
        var small = counts(1_000);
        assertThat(answer(values, COUNTS, small)).isEqualTo(new Done(ByteString.copyFrom(small)));
        var large = counts(500_000); // of 6 bytes each
        assertThat(answer(values, COUNTS, large))
                .isInstanceOfSatisfying(
                        Done.class,
                        done -> assertThat(done.place())
                                .isEqualTo(new Result.Place(
                                        put.stream()
                                                .map(part -> place(Blob.of(part)))
                                                .toList(),
                                        true)));
        assertThat(ByteString.copyFrom(put)).isEqualTo(ByteString.copyFrom(large));
        assertThat(put)
                .hasSize(Math.ceilDiv(large.length, Counts.PART_BYTES))
                .allSatisfy(part -> assertThat(part.size()).isLessThanOrEqualTo(Counts.PART_BYTES));
        assertThat(put.stream()
                        .mapToLong(part -> Counts.read(part.toByteArray(), (_, _, _, _) -> {}))
                        .sum())
                .isEqualTo(500_000);
    }

    @Test
    void largeCountsThatAreNoneFail() {
        assertThat(answer(values, COUNTS, 1_000_000))
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.kind()).isEqualTo(FailureKind.BAD_VALUE));
        assertThat(put).isEmpty();
    }

    @Test
    void valueThatNoJoinTakesFailsWithBothFigures() {
        assertThat(answer(values, JOINED, LargeValues.JOINED_MAX + 1)).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.kind()).isEqualTo(FailureKind.TOO_LARGE);
            assertThat(failed.message()).contains("33554433 bytes, allowed 33554432");
        });
    }

    @Test
    void valueThatCannotBePutHandsTheTaskBack() {
        var away = new LargeValues((_, _, _) -> {
            throw new TimeoutException("no broker");
        });
        assertThat(answer(away, JOINED, Result.VALUE_MAX + 1))
                .isInstanceOfSatisfying(
                        HandedBack.class, back -> assertThat(back.detail()).contains("no broker"));
        var gone = new LargeValues((_, _, _) -> {
            throw new IllegalStateException("closed");
        });
        assertThat(answer(gone, PASSED_ON, 1_000_000))
                .isInstanceOfSatisfying(
                        HandedBack.class, back -> assertThat(back.detail()).contains("closed"));
    }
}
