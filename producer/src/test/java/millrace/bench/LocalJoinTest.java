package millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import millrace.proto.Counts;
import millrace.proto.ExactSum;
import millrace.proto.Integers;
import millrace.proto.Join;
import org.junit.jupiter.api.Test;

class LocalJoinTest {
    @Test
    void integersAreAdded() {
        var join = LocalJoin.of(new Join.IntegerSum(1));
        join.add(7, Integers.encode(40));
        join.add(0, Integers.encode(2));
        assertThat(join.value()).containsExactly(Integers.encode(42));
    }

    @Test
    void sumsOfRealNumbersDoNotDependOnTheOrder() {
        var values = new double[] {1e300, 1, -1e300, 1e-300};
        var there = LocalJoin.of(new Join.FloatSum(1));
        var back = LocalJoin.of(new Join.FloatSum(1));
        for (var i = 0; i < values.length; i++) {
            there.add(i, real(values[i]));
            back.add(i, real(values[values.length - 1 - i]));
        }
        assertThat(there.value()).hasSize(1);
        assertThat(there.value().getFirst()).isEqualTo(back.value().getFirst());
    }

    private static byte[] real(double value) {
        var sum = new ExactSum();
        sum.add(value);
        return ExactSum.encode(new ExactSum[] {sum});
    }

    @Test
    void partsAreInTheOrderOfTheirItems() {
        var join = LocalJoin.of(new Join.Concatenation());
        join.add(5, bytes("race"));
        join.add(0, bytes("mill"));
        assertThat(join.value()).containsExactly(bytes("mill"), bytes("race"));
    }

    @Test
    void prefixesAreFrequentOverAllParts() {
        var join = LocalJoin.of(new Join.CountsByPrefix(2));
        join.add(0, counts("mill"));
        join.add(1, counts("milk"));
        var frequent = new HashMap<String, Long>();
        Counts.read(
                join.value().getFirst(),
                (key, from, length, count) ->
                        frequent.put(new String(key, from, length, StandardCharsets.US_ASCII), count));
        assertThat(frequent).isEqualTo(Map.of("m", 2L, "mi", 2L, "mil", 2L));
    }

    private static byte[] counts(String word) {
        var counts = new Counts();
        counts.add(bytes(word), 1);
        return counts.encode();
    }

    @Test
    void joinsOfOtherKindsAreRefused() {
        assertThatThrownBy(() -> LocalJoin.of(new Join.TopK(3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("are not compared");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
