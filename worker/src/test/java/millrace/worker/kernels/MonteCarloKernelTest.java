package millrace.worker.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGeneratorFactory;
import millrace.proto.CancelledException;
import millrace.proto.ExactSum;
import millrace.proto.KernelType;
import millrace.proto.Work;
import millrace.proto.kernels.MonteCarlo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MonteCarloKernelTest {
    private static final Work WORK = () -> false;
    private static final int SEEDS = 50;

    private final MonteCarloKernel kernel = new MonteCarloKernel();

    /// Over 50 seeds, z-scores have mean 0 and variance 1: sums of squares are between the 0.0005 and the 0.9995
    /// quantile of chi-square with 50 degrees of freedom, and the mean is within 3.5 of its standard errors.
    @ParameterizedTest
    @CsvSource({
        "european, call, 100, 0.2",
        "european, put, 100, 0.2",
        "european, call, 80, 0.5",
        "european, put, 90, 0.1",
        "geometric-asian, call, 100, 0.2",
        "geometric-asian, put, 105, 0.4",
    })
    void estimatesSpreadAroundTheClosedFormAsTheirErrorsSay(
            String payoff, String option, String strike, String volatility) throws Exception {
        var squares = new double[3];
        var sums = new double[3];
        for (var seed = 0; seed < SEEDS; seed++) {
            var contract = contract(
                    "payoff",
                    payoff,
                    "option",
                    option,
                    "strike",
                    strike,
                    "volatility",
                    volatility,
                    "dividend",
                    "0.02",
                    "maturity",
                    "1.5",
                    "steps",
                    "8",
                    "paths",
                    "20000",
                    "seed",
                    Integer.toString(seed));
            var estimate = contract.estimate(kernel.compute(contract, WORK, 0, contract.paths()), contract.paths());
            var exact = contract.closedForm().orElseThrow();
            double[] z = {
                (estimate.mean().price() - exact.price()) / estimate.error().price(),
                (estimate.mean().delta() - exact.delta()) / estimate.error().delta(),
                (estimate.mean().vega() - exact.vega()) / estimate.error().vega(),
            };
            for (var i = 0; i < z.length; i++) {
                sums[i] += z[i];
                squares[i] += z[i] * z[i];
            }
        }
        for (var i = 0; i < squares.length; i++) {
            assertThat(squares[i]).as("sum of squares of z %d", i).isBetween(23.46, 89.56);
            assertThat(sums[i] / SEEDS).as("mean of z %d", i).isEqualTo(0, within(3.5 / Math.sqrt(SEEDS)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void anySplitGivesTheSameBytes(MonteCarlo.Payoff payoff) throws Exception {
        var seed = 5L;
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        var contract = contract(
                "payoff",
                payoff.name().replace('_', '-'),
                "steps",
                "5",
                "paths",
                "30000",
                "barrier",
                payoff == MonteCarlo.Payoff.BARRIER ? "130" : "0");
        var whole = kernel.compute(contract, WORK, 0, contract.paths());
        for (var most : new int[] {1000, 7777, 40_000}) {
            var sums = new ExactSum[MonteCarlo.SUMS];
            Arrays.setAll(sums, i -> new ExactSum());
            for (var first = 0L; first < contract.paths(); ) {
                var end = Math.min(contract.paths(), first + random.nextInt(1, most));
                add(sums, kernel.compute(contract, WORK, first, end));
                first = end;
            }
            assertThat(ExactSum.encode(sums))
                    .as("seed %d, up to %d paths", seed, most)
                    .isEqualTo(whole);
        }
    }

    @Test
    void anotherSeedGivesOtherBytes() throws Exception {
        var one = contract("paths", "1000", "seed", "1");
        var two = contract("paths", "1000", "seed", Long.toString(1 + (1L << 32)));
        assertThat(kernel.compute(one, WORK, 0, 1000)).isNotEqualTo(kernel.compute(two, WORK, 0, 1000));
    }

    /// A path touches the barrier or does not: both options together pay what one without a barrier pays, to the
    /// bit.
    @ParameterizedTest
    @CsvSource({"up-and-out, up-and-in, 120", "down-and-out, down-and-in, 85"})
    void inAndOutTogetherPayTheVanillaOption(String out, String in, String barrier) throws Exception {
        var paths = "20000";
        var both = new ExactSum[MonteCarlo.SUMS];
        Arrays.setAll(both, i -> new ExactSum());
        for (var crossing : new String[] {out, in}) {
            var contract = contract(
                    "payoff", "barrier", "barrier", barrier, "crossing", crossing, "steps", "20", "paths", paths);
            var value = kernel.compute(contract, WORK, 0, contract.paths());
            assertThat(ExactSum.decode(value)[0].isZero()).isFalse();
            add(both, value);
        }
        var never = contract(
                "payoff", "barrier", "barrier", "1e12", "crossing", "up-and-out", "steps", "20", "paths", paths);
        assertThat(ExactSum.encode(both)).isEqualTo(kernel.compute(never, WORK, 0, never.paths()));
    }

    /// Likelihood ratios and pathwise derivatives are two ways to the same numbers.
    @ParameterizedTest
    @ValueSource(strings = {"call", "put"})
    void barrierThatIsNeverTouchedHasTheGreeksOfBlackAndScholes(String option) throws Exception {
        var never = contract("payoff", "barrier", "barrier", "1e12", "option", option, "steps", "4", "paths", "400000");
        var estimate = never.estimate(kernel.compute(never, WORK, 0, never.paths()), never.paths());
        var exact = contract("option", option).closedForm().orElseThrow();
        assertThat(estimate.mean().price())
                .isEqualTo(exact.price(), within(4 * estimate.error().price()));
        assertThat(estimate.mean().delta())
                .isEqualTo(exact.delta(), within(4 * estimate.error().delta()));
        assertThat(estimate.mean().vega())
                .isEqualTo(exact.vega(), within(4 * estimate.error().vega()));
    }

    /// Derivatives against differences of prices that come from the same random numbers.
    @Test
    void asianGreeksAreTheSlopesOfThePrice() throws Exception {
        var spot = 1e-3;
        var volatility = 1e-5;
        var middle = asian(100, 0.2);
        var bySpot = (asian(100 + spot, 0.2).price() - asian(100 - spot, 0.2).price()) / (2 * spot);
        var byVolatility = (asian(100, 0.2 + volatility).price()
                        - asian(100, 0.2 - volatility).price())
                / (2 * volatility);
        assertThat(middle.delta()).isEqualTo(bySpot, within(2e-4));
        assertThat(middle.vega()).isEqualTo(byVolatility, within(2e-2));
    }

    private MonteCarlo.Greeks asian(double spot, double volatility) throws Exception {
        var contract = contract(
                "payoff",
                "asian",
                "steps",
                "6",
                "paths",
                "50000",
                "spot",
                Double.toString(spot),
                "volatility",
                Double.toString(volatility));
        return contract.estimate(kernel.compute(contract, WORK, 0, contract.paths()), contract.paths())
                .mean();
    }

    @Test
    void asianIsDearerThanItsGeometricTwin() throws Exception {
        var arithmetic = asian(100, 0.4);
        var geometric = contract("payoff", "geometric-asian", "steps", "6", "volatility", "0.4")
                .closedForm()
                .orElseThrow();
        assertThat(arithmetic.price()).isBetween(geometric.price(), 1.15 * geometric.price());
    }

    @Test
    void extremesStayFinite() throws Exception {
        for (var rate : new String[] {"-1", "1"}) {
            var contract = contract(
                    "volatility",
                    "3",
                    "maturity",
                    "50",
                    "spot",
                    "1e9",
                    "strike",
                    "1e-6",
                    "rate",
                    rate,
                    "paths",
                    "100000");
            var sums = ExactSum.decode(kernel.compute(contract, WORK, 0, contract.paths()));
            assertThat(sums).allSatisfy(sum -> assertThat(sum.doubleValue()).isFinite());
        }
    }

    @Test
    void cancelledWorkStops() {
        var contract = contract("paths", "1000000000000");
        assertThatThrownBy(() -> kernel.compute(contract, () -> true, 0, contract.paths()))
                .isInstanceOf(CancelledException.class);
    }

    private static void add(ExactSum[] sums, byte[] value) {
        var parts = ExactSum.decode(value);
        for (var i = 0; i < sums.length; i++) {
            sums[i].add(parts[i]);
        }
    }

    private static MonteCarlo contract(String... namesAndValues) {
        Map<String, String> texts = new HashMap<>();
        for (var i = 0; i < namesAndValues.length; i += 2) {
            texts.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return KernelType.of(MonteCarlo.class).parse(texts);
    }
}
