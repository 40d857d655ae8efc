package millrace.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class NormalsTest {
    @Test
    void eachNumberIsThatOfItsOwnBlock() {
        var seed = 0x0123_4567_89ab_cdefL;
        var normals = new Normals(seed);
        var one = new Philox(1, seed);
        var w01 = new long[1];
        var w23 = new long[1];
        // There and back, for what is kept of a batch.
        for (var batch : new long[] {0x1_2345_6789L, 0, 0x1_2345_6789L, 1}) {
            var path = 256 * batch;
            for (var step : new int[] {7, 0, 7}) {
                var z = new double[Normals.BATCH];
                normals.fill(path, step, z);
                for (var i = 0; i < Normals.BATCH; i++) {
                    var block = path / 2 + i % 128;
                    one.begin(block, block >>> 32, 0);
                    one.words(step, w01, w23);
                    var bits = i < 128 ? w01[0] : w23[0];
                    var expected = new double[1];
                    new InverseNormal(1).apply(new double[] {((bits >> 12) + 0.5) * 0x1p-52}, expected);
                    assertThat(z[i]).isEqualTo(expected[0]);
                }
            }
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
