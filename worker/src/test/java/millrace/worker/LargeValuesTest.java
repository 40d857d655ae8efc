package millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import millrace.proto.Blob;
import millrace.proto.BlobPiece;
import millrace.proto.BlobPlace;
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
    private static final Join JOINED = new Join.CountsByKey();
    private static final Join PASSED_ON = new Join.Concatenation();

    private final LargeValues values = new LargeValues((blob, value, job) -> {
        assertThat(Blob.of(value.toByteArray())).isEqualTo(blob);
        assertThat(job).isEqualTo(DeskRig.JOB);
        return place(blob);
    });

    private static BlobPlace place(Blob blob) {
        return new BlobPlace(
                blob, 7, 1, LongStream.range(0, BlobPiece.count(blob)).boxed().toList(), 0);
    }

    private static Result.Answer answer(LargeValues values, Join join, int bytes) {
        return switch (values.of(DeskRig.task(1), join, new byte[bytes])) {
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
                        Done.class,
                        done -> assertThat(done.place())
                                .isEqualTo(new Result.Place(place(Blob.of(new byte[Result.VALUE_MAX + 1])), false)));
        assertThat(answer(values, PASSED_ON, LargeValues.PASSED_ON_MIN + 1))
                .isInstanceOfSatisfying(
                        Done.class,
                        done -> assertThat(done.place())
                                .isEqualTo(new Result.Place(
                                        place(Blob.of(new byte[LargeValues.PASSED_ON_MIN + 1])), true)));
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
