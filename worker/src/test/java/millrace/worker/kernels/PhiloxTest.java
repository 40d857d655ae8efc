package millrace.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhiloxTest {
    private static final int COUNT = 128;

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
        var philox = new Philox(COUNT, keys[1] << 32 | keys[0]);
        var w01 = new long[COUNT];
        var w23 = new long[COUNT];
        // Often enough for vector code.
        for (var repeat = 0; repeat < 20_000; repeat++) {
            var place = repeat % COUNT;
            philox.begin(counters[0] - place, counters[1], counters[3]);
            philox.words((int) counters[2], w01, w23);
            var words = "%016x%016x".formatted(w01[place], w23[place]);
            assertThat(words.replaceAll("(.{8})(?=.)", "$1 ")).isEqualTo(answer);
        }
    }

    private static long[] words(String text) {
        return Arrays.stream(text.split(" "))
                .mapToLong(word -> Long.parseLong(word, 16))
                .toArray();
    }
}
