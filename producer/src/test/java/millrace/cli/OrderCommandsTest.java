package millrace.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import millrace.proto.BadInput;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import org.junit.jupiter.api.Test;

class OrderCommandsTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Shell shell = new Shell(System.out, new PrintStream(err, true, UTF_8), false, false, Map.of());
    private final List<String> ordered = new ArrayList<>();

    /// The rest was left alone after the first id that was not known.
    @Test
    void jobsAfterOneThatIsUnknownAreOrderedToo() throws InterruptedException {
        var status = OrderCommands.each(shell, List.of("a", "gone", "runs", "b"), id -> {
            switch (id) {
                case "gone" -> throw new Refusal(ExitCode.NOT_FOUND, "job 'gone' is not known");
                case "runs" -> throw new BadInput("job runs is running");
                default -> ordered.add(id);
            }
        });

        assertThat(status).isEqualTo(ExitCode.NOT_FOUND.number());
        assertThat(ordered).containsExactly("a", "b");
        assertThat(err.toString(UTF_8).lines())
                .containsExactly("millrace: job 'gone' is not known", "millrace: job runs is running");
    }

    @Test
    void kafkaThatIsAwayEndsIt() {
        assertThatThrownBy(() -> OrderCommands.each(shell, List.of("a", "b"), id -> {
                    ordered.add(id);
                    throw new Refusal(ExitCode.KAFKA, "away");
                }))
                .isInstanceOf(Refusal.class);
        assertThat(ordered).containsExactly("a");
    }
}
