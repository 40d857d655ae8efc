package millrace.proto;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TextTest {
    static LongStream seeds() {
        return Seeds.seeds(100);
    }

    @Test
    void ordinaryTextStaysAsItIs() {
        for (var text : new String[] {"", "Grüße, 世界 🚀", "a\"b'c\\d", "x".repeat(50)}) {
            assertThat(Text.line(text, 50)).isEqualTo(text);
            assertThat(Text.block(text, 50)).isEqualTo(text);
        }
        assertThat(Text.block("one\n\ttwo", 50)).isEqualTo("one\n\ttwo");
    }

    @Test
    void invisibleCharactersBecomeSpaces() {
        var hostile =
                "a\u001b[31mb\r\nc\td\u0000e\u202ef\u2028g\u2029h\u200bi\u0085j\uD83Dk\uDE80l\u007Fm\uDB40\uDC01n";
        assertThat(Text.line(hostile, 100)).isEqualTo("a [31mb  c d e f g h i j k l m n");
        assertThat(Text.block(hostile, 100)).isEqualTo("a [31mb \nc\td e f g h i j k l m n");
    }

    @ParameterizedTest
    @CsvSource({"abcdef,6,abcdef", "abcdef,5,abcd…", "abcdef,1,…", "a🚀b,4,a🚀b", "a🚀b,3,a…", "a🚀bc,4,a🚀…", "🚀,1,…"
    })
    void longTextEndsWithAnEllipsis(String text, int charactersMax, String expected) {
        assertThat(Text.line(text, charactersMax)).isEqualTo(expected);
        assertThat(Text.block(text, charactersMax)).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anyTextBecomesShortUtf8AndStaysThatWay(long seed) {
        var random = Seeds.random(seed);
        var text = new StringBuilder();
        for (var i = random.nextInt(60); i > 0; i--) {
            text.append((char) (random.nextBoolean() ? random.nextInt(0x80) : random.nextInt(0xd000, 0x10000)));
        }
        var max = random.nextInt(1, 70);
        for (var shown : new String[] {Text.line(text.toString(), max), Text.block(text.toString(), max)}) {
            assertThat(shown.length()).isLessThanOrEqualTo(max);
            assertThat(new String(shown.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                    .isEqualTo(shown);
        }
        var line = Text.line(text.toString(), max);
        assertThat(Text.line(line, max)).isEqualTo(line);
        assertThat(line.lines().count()).isLessThanOrEqualTo(1);
    }
}
