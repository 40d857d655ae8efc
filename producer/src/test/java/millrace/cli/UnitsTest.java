package millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1.0 KiB",
        "10240, 10 KiB",
        "1610612736, 1.5 GiB",
        "9223372036854775807, 8192 PiB"
    })
    void bytes(long bytes, String text) {
        assertThat(Units.bytes(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "2.9, 2.9",
        "99999, 99999",
        "100000, 100k",
        "1234567, 1.23M",
        "45600000000, 45.6G",
        "9007199254740992, 9007T"
    })
    void count(double number, String text) {
        assertThat(Units.count(number)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0 tasks", "1, 1 task", "2, 2 tasks", "1234567, 1.23M tasks"})
    void plural(long number, String text) {
        assertThat(Units.plural(number, "task", "tasks")).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.0 s",
        "0.44, 0.4 s",
        "9.94, 9.9 s",
        "9.96, 10 s",
        "59.4, 59 s",
        "59.6, 1m00s",
        "185, 3m05s",
        "7620, 2h07m",
        "356400, 4d03h"
    })
    void time(double seconds, String text) {
        assertThat(Units.time(seconds)).isEqualTo(text);
    }
}
