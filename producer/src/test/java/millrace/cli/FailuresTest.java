package millrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import millrace.proto.BadInput;
import millrace.proto.Ending;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class FailuresTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Shell shell = new Shell(
            new PrintStream(new ByteArrayOutputStream(), true, UTF_8),
            new PrintStream(err, true, UTF_8),
            false,
            false,
            Map.of());

    static Stream<Arguments> failures() {
        return Stream.of(
                arguments(new BadInput(List.of("a is 1", "b is 2")), 2, "millrace: a is 1\nmillrace: b is 2\n"),
                arguments(new Refusal(ExitCode.KAFKA, "no Kafka"), 5, "millrace: no Kafka\n"),
                arguments(new Refusal(ExitCode.NOT_FOUND, "no job"), 6, "millrace: no job\n"),
                arguments(new Refusal(ExitCode.MACHINE, "disk full"), 7, "millrace: disk full\n"),
                arguments(new Refusal(ExitCode.INTERRUPTED, "interrupted"), 130, ""),
                arguments(new InterruptedException(), 130, ""));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void eachFailureHasItsStatusAndNoStackTrace(Exception failure, int status, String said) {
        assertThat(Failures.tell(shell, failure)).isEqualTo(status);
        assertThat(err.toString(UTF_8)).isEqualTo(said);
    }

    @Test
    void bugIsCalledOneAndPointsToTheTrace() {
        assertThat(Failures.tell(shell, new IllegalStateException("x"))).isEqualTo(70);
        assertThat(err.toString(UTF_8))
                .contains(
                        "a bug of Millrace: java.lang.IllegalStateException: x (millrace.cli.FailuresTest", "--verbose")
                .doesNotContain("\tat ");
    }

    @ParameterizedTest
    @EnumSource
    void eachWayToEndHasItsStatus(Ending.State state) {
        assertThat(Report.exitCode(state).number())
                .isEqualTo(
                        switch (state) {
                            case SUCCEEDED -> 0;
                            case FAILED, EXPIRED -> 1;
                            case PARTIAL -> 3;
                            case CANCELLED -> 8;
                        });
    }
}
