package millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class NativeAnswerTest {
    @Test
    void whatPrimesievePrintsIsRead() throws IOException {
        var answer = NativeAnswer.of("""
                Sieve size = 256 KiB
                Threads = 1
                Seconds: 2.403
                Primes: 455052511
                """);
        assertThat(answer.seconds()).isEqualTo(2.403);
        assertThat(answer.integer("Primes")).isEqualTo(455_052_511);
        assertThat(answer.program()).isEmpty();
    }

    @Test
    void programOfOursNamesItselfAndItsNumbers() throws IOException {
        var answer = NativeAnswer.of("Seconds: 0.5\nProgram: C by gcc 12.2.0\nSums: 1.5 -2e3 0.1\n");
        assertThat(answer.program()).contains("C by gcc 12.2.0");
        assertThat(answer.numbers("Sums", 3)).containsExactly(1.5, -2000, 0.1);
    }

    @Test
    void answerWithoutWhatIsAskedForNamesIt() {
        var answer = NativeAnswer.of("Seconds: 0.5\nPrimes: some\nSums: 1 2\n");
        assertThatThrownBy(() -> answer.integer("Sum"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("'Sum'");
        assertThatThrownBy(() -> answer.integer("Primes"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("some");
        assertThatThrownBy(() -> answer.numbers("Sums", 3))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("3 numbers");
        assertThatThrownBy(() -> NativeAnswer.of("Seconds: soon").seconds())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("soon");
    }
}
