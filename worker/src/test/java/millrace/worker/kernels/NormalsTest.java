package millrace.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NormalsTest {
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
    void inverseOfTheDistributionFunctionIsAsAccurateAsStated(double offset, double z) {
        assertThat(Normals.inverse(offset)).isEqualTo(z, within(2e-15 * z));
        assertThat(Normals.inverse(-offset)).isEqualTo(-Normals.inverse(offset));
    }

    @Test
    void eachNumberIsThatOfItsOwnBlock() {
        var seed = 0x0123_4567_89ab_cdefL;
        var path = 256L * 0x1_2345_6789L;
        var step = 7;
        var z = new double[Normals.BATCH];
        new Normals(seed).fill(path, step, z);
        for (var i = 0; i < Normals.BATCH; i++) {
            var block = path / 2 + i % 128;
            long[][] words = {{block & 0xffff_ffffL}, {block >>> 32}, {step}, {0}};
            Philox.apply(words[0], words[1], words[2], words[3], 0x89ab_cdef, 0x0123_4567);
            var half = i / 128 * 2;
            var bits = words[half][0] << 32 | words[half + 1][0];
            assertThat(z[i]).isEqualTo(Normals.inverse(((bits >> 12) + 0.5) * 0x1p-52));
        }
    }

    @Test
    void momentsAreThoseOfTheNormalDistribution() {
        var seed = 42;
        var normals = new Normals(seed);
        var z = new double[Normals.BATCH];
        var moments = new double[9];
        var count = 4_000_000;
        for (var path = 0; path < count; path += Normals.BATCH) {
            normals.fill(path, 3, z);
            for (var value : z) {
                var power = 1.0;
                for (var k = 1; k <= 8; k++) {
                    power *= value;
                    moments[k] += power / count;
                }
            }
        }
        // Five standard errors: the variance of z^k is (2k-1)!! - ((k-1)!!)^2, the latter for even k only.
        double[] expected = {1, 0, 1, 0, 3, 0, 15, 0, 105};
        double[] variance = {0, 1, 2, 15, 96, 945, 10_170, 135_135, 2_016_000};
        for (var k = 1; k <= 8; k++) {
            assertThat(moments[k])
                    .as("moment %d, seed %d", k, seed)
                    .isEqualTo(expected[k], within(5 * Math.sqrt(variance[k] / count)));
        }
    }
}
