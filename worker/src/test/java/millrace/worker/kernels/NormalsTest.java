package millrace.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class NormalsTest {
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
            var bits = words[half][0] << 32 | (words[half + 1][0] & 0xffff_ffffL);
            var expected = new double[1];
            new InverseNormal(1).apply(new double[] {((bits >> 12) + 0.5) * 0x1p-52}, expected);
            assertThat(z[i]).isEqualTo(expected[0]);
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
