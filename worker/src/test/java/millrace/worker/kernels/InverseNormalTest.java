package millrace.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InverseNormalTest {
    /// From 60 digits: the root of `erfc(z / sqrt 2) / 2 = 1/2 - offset`.
    @ParameterizedTest
    @CsvSource({
        "1.1102230246251565e-16, 2.7829164246717669222e-16",
        "1e-9, 2.5066282746310006612e-9",
        "0.01, 0.025068908258711036284",
        "0.1, 0.25334710313579981317",
        "0.25, 0.6744897501960817432",
        "0.4, 1.2815515655446005935",
        "0.424999, 1.4395244066035215807",
        "0.425, 1.4395314709384558369",
        "0.4250001, 1.4395321773759004884",
        "0.45, 1.6448536269514728225",
        "0.475, 1.9599639845400538556",
        "0.49, 2.3263478740408407676",
        "0.499, 3.0902323061678132778",
        "0.4999, 3.7190164854557083867",
        "0.49999999, 5.6120012442658483348",
        "0.4999999990686774, 6.0093535655307438932",
        "0.4999999999854481, 6.6510353798930105467",
        "0.49999999999272404, 6.7523004314070149646",
        "0.4999999999999716, 7.5151552941589075804",
        "0.4999999999999999, 8.2095361516013868556",
    })
    void numbersAreAsAccurateAsStated(double offset, double z) {
        var numbers = new double[2];
        new InverseNormal(2).apply(new double[] {offset, -offset}, numbers);
        assertThat(numbers[0]).isEqualTo(z, within(2e-15 * z));
        assertThat(numbers[1]).isEqualTo(-numbers[0]);
    }
}
