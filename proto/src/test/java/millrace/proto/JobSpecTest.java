package millrace.proto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JobSpecTest {
    private static final String LONGEST_KERNEL = "k" + "-0".repeat(19) + "z";

    static LongStream seeds() {
        return Seeds.seeds(100);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void randomIdIsAnIdForEveryKernel(long seed) {
        var random = Seeds.random(seed);
        for (var kernel : new String[] {"k", "primes", LONGEST_KERNEL}) {
            assertThat(new Computation(kernel, 1, new TreeMap<>(), 1).kernel()).isEqualTo(kernel);
            var id = JobSpec.randomId(kernel, random);
            assertThat(JobSpec.checkId(id)).isEqualTo(id);
            assertThat(id).matches(kernel + "-[2-9abcdefghjkmnpqrstvwxyz]{12}");
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void randomIdIsAnotherEachTimeAndTheSameForTheSameRandomNumbers(long seed) {
        var random = Seeds.random(seed);
        var first = JobSpec.randomId("primes", random);
        assertThat(JobSpec.randomId("primes", random)).isNotEqualTo(first);
        assertThat(JobSpec.randomId("primes", Seeds.random(seed))).isEqualTo(first);
    }
}
