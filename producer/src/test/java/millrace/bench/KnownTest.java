package millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import millrace.proto.kernels.MonteCarlo;
import millrace.proto.kernels.MonteCarlo.Estimate;
import millrace.proto.kernels.MonteCarlo.Greeks;
import millrace.proto.kernels.Primes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnownTest {
    @ParameterizedTest
    @CsvSource({
        "1, 100_000_000",
        "999_999_999, 100_000_000",
        "1_000_000_000, 1_000_000_000",
        "20_000_000_000, 10_000_000_000",
    })
    void countIsTheLargestThatIsKnown(String below, String numbers) {
        assertThat(Known.primes(number(below)).job()).isEqualTo(new Primes(0, number(numbers)));
    }

    private static long number(String text) {
        return Long.parseLong(text.replace("_", ""));
    }

    @Test
    void optionIsTheOneOfTheFormula() {
        var contract = (MonteCarlo) Known.monteCarlo().job();
        var exact = contract.closedForm().orElseThrow();
        assertThatCode(() -> Known.checkPrice(estimate(exact.price(), 1e-12))).doesNotThrowAnyException();
    }

    @Test
    void priceMayBeFiveStandardErrorsOff() {
        assertThatCode(() -> Known.checkPrice(estimate(10.4505 + 0.049, 0.01))).doesNotThrowAnyException();
        assertThatThrownBy(() -> Known.checkPrice(estimate(10.4505 + 0.051, 0.01)))
                .isInstanceOf(WrongAnswer.class)
                .hasMessageStartingWith("the price of a European option is 10.50");
        assertThatThrownBy(() -> Known.checkPrice(estimate(10.4505 - 0.051, 0.01)))
                .isInstanceOf(WrongAnswer.class);
    }

    @Test
    void priceWithoutAnErrorIsWrong() {
        assertThatThrownBy(() -> Known.checkPrice(estimate(10.4505, Double.NaN)))
                .isInstanceOf(WrongAnswer.class);
        assertThatThrownBy(() -> Known.checkPrice(estimate(Double.NaN, 0.01))).isInstanceOf(WrongAnswer.class);
    }

    private static Estimate estimate(double price, double error) {
        return new Estimate(new Greeks(price, 0, 0), new Greeks(error, 0, 0));
    }
}
