package millrace.proto.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import millrace.proto.BadInput;
import millrace.proto.ExactSum;
import millrace.proto.KernelType;
import millrace.proto.OutputSource;
import millrace.proto.Ranges;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MonteCarloTest {
    /// J. C. Hull, "Options, Futures, and Other Derivatives", and values that textbooks print for these parameters.
    @ParameterizedTest
    @CsvSource({
        "call, 42, 40, 0.1, 0.2, 0.5, 4.7594, 0.7791, 8.8134",
        "put, 42, 40, 0.1, 0.2, 0.5, 0.8086, -0.2209, 8.8134",
        "call, 100, 100, 0.05, 0.2, 1, 10.4506, 0.6368, 37.5240",
        "put, 100, 100, 0.05, 0.2, 1, 5.5735, -0.3632, 37.5240",
    })
    void blackScholesGivesTheValuesOfTheTextbooks(
            String option,
            String spot,
            String strike,
            String rate,
            String volatility,
            String maturity,
            double price,
            double delta,
            double vega) {
        var exact = parse(
                        "option",
                        option,
                        "spot",
                        spot,
                        "strike",
                        strike,
                        "rate",
                        rate,
                        "volatility",
                        volatility,
                        "maturity",
                        maturity)
                .closedForm()
                .orElseThrow();
        assertThat(exact.price()).isEqualTo(price, within(5e-5));
        assertThat(exact.delta()).isEqualTo(delta, within(5e-5));
        assertThat(exact.vega()).isEqualTo(vega, within(5e-4));
    }

    @ParameterizedTest
    @CsvSource({"european, call", "european, put", "geometric-asian, call", "geometric-asian, put"})
    void greeksAreTheSlopesOfThePrice(String payoff, String option) {
        var h = 1e-4;
        var greeks = price(payoff, option, 100, 0.3);
        assertThat(greeks.delta())
                .isEqualTo(
                        (price(payoff, option, 100 + h, 0.3).price()
                                        - price(payoff, option, 100 - h, 0.3).price())
                                / (2 * h),
                        within(1e-7));
        assertThat(greeks.vega())
                .isEqualTo(
                        (price(payoff, option, 100, 0.3 + h).price()
                                        - price(payoff, option, 100, 0.3 - h).price())
                                / (2 * h),
                        within(1e-4));
    }

    private static MonteCarlo.Greeks price(String payoff, String option, double spot, double volatility) {
        return parse(
                        "payoff",
                        payoff,
                        "option",
                        option,
                        "spot",
                        Double.toString(spot),
                        "volatility",
                        Double.toString(volatility),
                        "dividend",
                        "0.03",
                        "strike",
                        "95",
                        "steps",
                        "12")
                .closedForm()
                .orElseThrow();
    }

    /// From 60 digits.
    @ParameterizedTest
    @CsvSource({
        "0, 0.5", "1, 0.841344746068542948585", "-1, 0.158655253931457051415", "3, 0.998650101968369905473",
        "-5, 2.86651571879193911674e-7", "-6.9, 2.60013007346829e-12", "-7.1, 6.23784446333152e-13",
                "8, 0.99999999999999937790",
    })
    void normalDistributionFunctionIsAsAccurateAsStated(double x, double probability) {
        assertThat(LogNormal.normal(x)).isEqualTo(probability, within(1e-15));
    }

    @Test
    void barrierOnTheWrongSideOfTheSpotIsRefused() {
        assertThatThrownBy(() -> parse("payoff", "barrier", "barrier", "90"))
                .isInstanceOf(BadInput.class)
                .hasMessage("--barrier is 90.0, allowed: above --spot, which is 100.0");
        assertThatThrownBy(() -> parse("payoff", "barrier", "barrier", "110", "crossing", "down-and-in"))
                .isInstanceOf(BadInput.class)
                .hasMessage("--barrier is 110.0, allowed: above 0 and below --spot, which is 100.0");
        assertThatThrownBy(() -> parse("barrier", "110"))
                .isInstanceOf(BadInput.class)
                .hasMessage("--barrier is 110.0, allowed: only 0 unless --payoff is barrier");
    }

    @Test
    void outputShowsEstimatesBesideTheClosedForm() throws IOException {
        double[] payoffs = {0, 10, 20};
        var sums = new ExactSum[MonteCarlo.SUMS];
        for (var i = 0; i < sums.length; i++) {
            sums[i] = new ExactSum();
            for (var payoff : payoffs) {
                sums[i].add(i < 3 ? payoff : payoff * payoff);
            }
        }
        var out = new ByteArrayOutputStream();
        parse("rate", "0", "paths", "3").write(OutputSource.of(ExactSum.encode(sums)), Ranges.of(0, 3), out);
        assertThat(out).hasToString("""
                european call, 3 paths of 1 step, seed 0
                               estimate   standard error      closed form        z
                price       10.00000000       5.77350269       7.96556746     0.35
                delta       10.00000000       5.77350269       0.53982784     1.64
                vega        10.00000000       5.77350269      39.69525475    -5.14
                """);
    }

    @Test
    void outputWithoutPathsIsItsTitle() throws IOException {
        var out = new ByteArrayOutputStream();
        parse("payoff", "asian", "paths", "0").write(OutputSource.of(new byte[0]), new Ranges(), out);
        assertThat(out).hasToString("asian call, 0 paths of 64 steps, seed 0\n");
    }

    private static MonteCarlo parse(String... namesAndValues) {
        Map<String, String> texts = new HashMap<>();
        for (var i = 0; i < namesAndValues.length; i += 2) {
            texts.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return KernelType.of(MonteCarlo.class).parse(texts);
    }
}
