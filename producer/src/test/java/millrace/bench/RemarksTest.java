package millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import millrace.proto.Ending;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import millrace.proto.Result.FailureKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class RemarksTest {
    private final List<String> said = new ArrayList<>();
    private final Remarks remarks = new Remarks(said::add);

    static List<Exception> reasonsOfTheMachine() {
        return List.of(
                new TimeoutException("too late"),
                new IOException("no disk"),
                new MissingProgram("no gcc"),
                new Refusal(ExitCode.MACHINE, "not ready"),
                new Refusal(ExitCode.KAFKA, "no broker"));
    }

    private static Remarks.Part failing(Exception e) {
        return () -> {
            throw e;
        };
    }

    @ParameterizedTest
    @MethodSource("reasonsOfTheMachine")
    void whatCannotBeMeasuredIsNotWrong(Exception e) throws Exception {
        remarks.attempt("start", failing(e));
        assertThat(remarks.right()).isTrue();
        assertThat(remarks.lines()).hasSize(1).allMatch(line -> line.startsWith("NOT MEASURED: start: "));
        assertThat(said).isEqualTo(remarks.lines());
    }

    @Test
    void wrongAnswerIsToldAndStays() throws Exception {
        remarks.attempt("b1", failing(new WrongAnswer("the sum is 1, must be 2")));
        remarks.attempt("b2", () -> {});
        assertThat(remarks.right()).isFalse();
        assertThat(remarks.lines()).containsExactly("WRONG: b1: the sum is 1, must be 2");
    }

    @Test
    void fileThatIsMissingIsToldAsSuch() throws Exception {
        remarks.attempt("b1", failing(new NoSuchFileException("/x")));
        assertThat(remarks.lines()).containsExactly("NOT MEASURED: b1: java.nio.file.NoSuchFileException: /x");
    }

    @Test
    void bugComesToLight() {
        var bug = new IllegalStateException("counted twice");
        assertThatThrownBy(() -> remarks.attempt("b1", failing(bug))).isSameAs(bug);
        var refusal = new Refusal(ExitCode.BUG, "the aggregator has stopped");
        assertThatThrownBy(() -> remarks.attempt("b1", failing(refusal))).isSameAs(refusal);
    }

    @ParameterizedTest
    @EnumSource(value = FailureKind.class, names = "TIMEOUT", mode = EnumSource.Mode.EXCLUDE)
    void jobThatFailedIsWrong(FailureKind kind) {
        assertThat(Remarks.isWrong(Ending.State.FAILED, kind)).isTrue();
    }

    @Test
    void jobThatWasEndedOrTooSlowIsNot() {
        assertThat(Remarks.isWrong(Ending.State.FAILED, FailureKind.TIMEOUT)).isFalse();
        assertThat(Remarks.isWrong(Ending.State.CANCELLED, null)).isFalse();
        assertThat(Remarks.isWrong(Ending.State.EXPIRED, null)).isFalse();
        assertThat(Remarks.isWrong(Ending.State.FAILED, null)).isTrue();
    }
}
