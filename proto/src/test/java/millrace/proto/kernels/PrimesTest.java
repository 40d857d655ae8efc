package millrace.proto.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import millrace.proto.BadInput;
import millrace.proto.Integers;
import millrace.proto.KernelType;
import millrace.proto.OutputSource;
import millrace.proto.Ranges;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrimesTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "5, 5, 0",
        "0, 1, 1",
        "0, 15728640, 1",
        "0, 15728641, 2",
        "29, 15728640, 1",
        "29, 15728641, 2",
        "31, 15728670, 1",
        "31, 15728671, 2",
        "0, 1000000000, 64",
        "999999999999999999, 1000000000000000000, 1",
        "0, 1000000000000000000, 3973642986",
    })
    void itemsCoverTheInterval(long from, long to, long items) {
        assertThat(new Primes(from, to).items()).isEqualTo(items);
    }

    @Test
    void backwardIntervalIsRefused() {
        assertThatThrownBy(() -> KernelType.of(Primes.class).parse(Map.of("from", "7", "to", "6")))
                .isInstanceOf(BadInput.class)
                .hasMessage("--from is 7, allowed: at most --to, which is 6");
    }

    @Test
    void outputIsTheCount() throws IOException {
        var out = new ByteArrayOutputStream();
        new Primes(0, 1000).write(OutputSource.of(Integers.encode(168)), Ranges.of(0, 1), out);
        assertThat(out).hasToString("168\n");
    }
}
