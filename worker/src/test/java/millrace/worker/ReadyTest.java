package millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import millrace.proto.BadInput;
import millrace.proto.Result;
import millrace.proto.Result.Done;
import millrace.proto.Result.Failed;
import millrace.proto.Result.FailureKind;
import millrace.proto.Work;
import org.junit.jupiter.api.Test;

/// Whatever a kernel does is an answer.
class ReadyTest {
    private static final Work WANTED = () -> false;

    @Test
    void valueIsTheAnswer() {
        var answer = compute((_, first, end) -> (first + ".." + end).getBytes(StandardCharsets.UTF_8));
        assertThat(answer).isEqualTo(new Done(ByteString.copyFromUtf8("7..8")));
    }

    @Test
    void exceptionFailsTheTaskWithItsWordsAndPlace() {
        var failed = failed((_, _, _) -> {
            throw new java.io.IOException("no such\nthing");
        });
        assertThat(failed.kind()).isEqualTo(FailureKind.EXCEPTION);
        assertThat(failed.message()).isEqualTo("java.io.IOException: no such thing");
        assertThat(failed.stack()).contains("at millrace.worker.ReadyTest");
    }

    @Test
    void exceptionWithoutWordsIsNamed() {
        assertThat(failed((_, _, _) -> {
                            throw new IllegalStateException();
                        })
                        .message())
                .isEqualTo("java.lang.IllegalStateException");
    }

    @Test
    void exceptionThatThrowsWhenAskedForItsWordsIsStillAnAnswer() {
        var failed = failed((_, _, _) -> {
            throw new IllegalStateException() {
                private static final long serialVersionUID = 1L;

                @Override
                public String getMessage() {
                    throw new UnsupportedOperationException("gotcha");
                }
            };
        });
        assertThat(failed.kind()).isEqualTo(FailureKind.EXCEPTION);
        assertThat(failed.message()).contains("ReadyTest");
    }

    @Test
    void endlessRecursionIsAStackOverflow() {
        assertThat(failed((work, first, end) -> ReadyTest.deeper(work, first, end))
                        .kind())
                .isEqualTo(FailureKind.STACK_OVERFLOW);
    }

    @Test
    void memoryThatIsNotThereIsTold() {
        assertThat(failed((_, _, _) -> {
                            throw new OutOfMemoryError("Cannot reserve direct buffer memory");
                        })
                        .kind())
                .isEqualTo(FailureKind.OUT_OF_MEMORY);
    }

    @Test
    void inputThatTheKernelRefusesIsNotTriedAgain() {
        var failed = failed((_, _, _) -> {
            throw new BadInput("a.npy is truncated");
        });
        assertThat(failed).isEqualTo(new Failed(FailureKind.BAD_PARAMETERS, "a.npy is truncated", ""));
        assertThat(failed.kind().isFinal()).isTrue();
    }

    @Test
    void errorsOfItsClassesAreTheKernelsOwn() {
        var failed = failed((_, _, _) -> {
            throw new NoClassDefFoundError("some/Library");
        });
        assertThat(failed.kind()).isEqualTo(FailureKind.EXCEPTION);
        assertThat(failed.message()).isEqualTo("java.lang.NoClassDefFoundError: some/Library");
    }

    @Test
    @SuppressWarnings("NullAway") // a kernel of somebody else's may do what it must not
    void nothingIsNoValue() {
        assertThat(failed((_, _, _) -> null)).isEqualTo(new Failed(FailureKind.EXCEPTION, "count@1 returned null", ""));
    }

    @Test
    void largestValueIsTakenAndALargerOneRefused() {
        assertThat(compute((_, _, _) -> new byte[Result.VALUE_MAX])).isInstanceOf(Done.class);
        assertThat(compute((_, _, _) -> new byte[Result.VALUE_MAX + 1]))
                .isEqualTo(
                        new Failed(FailureKind.TOO_LARGE, "the value of 1 items has 998001 bytes, allowed 998000", ""));
    }

    @Test
    void taskThatIsNoLongerWantedIsLeft() {
        var math = new Ready<>(
                new CountKernel(1, (work, _, _) -> {
                    work.checkCancelled();
                    return new byte[1];
                }),
                new Count(DeskRig.ITEMS),
                DeskRig.ITEMS);
        assertThat(math.compute(DeskRig.task(7), () -> true)).isInstanceOf(Failed.class);
    }

    @SuppressWarnings("InfiniteRecursion") // that is what it is for
    private static byte[] deeper(Work work, long first, long end) {
        var deeper = deeper(work, first + 1, end);
        deeper[0]++;
        return deeper;
    }

    private static Failed failed(CountKernel.Body math) {
        return (Failed) compute(math);
    }

    private static Result.Answer compute(CountKernel.Body math) {
        return new Ready<>(new CountKernel(1, math), new Count(DeskRig.ITEMS), DeskRig.ITEMS)
                .compute(DeskRig.task(7), WANTED);
    }
}
