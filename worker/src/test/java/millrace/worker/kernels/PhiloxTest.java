package millrace.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhiloxTest {
    /// The known answers that come with Random123, the authors' own library.
    @ParameterizedTest
    @CsvSource({
        "00000000 00000000 00000000 00000000, 00000000 00000000, 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
        "ffffffff ffffffff ffffffff ffffffff, ffffffff ffffffff, 408f276d 41c83b0e a20bc7c6 6d5451fd",
        "243f6a88 85a308d3 13198a2e 03707344, a4093822 299f31d0, d16cfe09 94fdcceb 5001e420 24126ea1",
    })
    void knownAnswersComeOut(String counter, String key, String answer) {
        var counters = words(counter);
        var keys = words(key);
        // Long enough for vector code, once it is compiled.
        var columns = new long[4][128];
        for (var repeat = 0; repeat < 20_000; repeat++) {
            for (var c = 0; c < 4; c++) {
                Arrays.fill(columns[c], counters[c]);
            }
            Philox.apply(columns[0], columns[1], columns[2], columns[3], (int) keys[0], (int) keys[1]);
        }
        for (var i = 0; i < 128; i++) {
            var element = i;
            assertThat(Arrays.stream(columns)
                            .map(column -> "%08x".formatted((int) column[element]))
                            .collect(Collectors.joining(" ")))
                    .isEqualTo(answer);
        }
    }

    private static long[] words(String text) {
        return Arrays.stream(text.split(" "))
                .mapToLong(word -> Long.parseLong(word, 16))
                .toArray();
    }
}
