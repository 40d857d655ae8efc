package millrace.bench;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import millrace.client.Output;
import millrace.proto.Description;
import millrace.proto.KernelType;
import millrace.proto.kernels.Mandelbrot;
import millrace.proto.kernels.MonteCarlo;
import millrace.proto.kernels.Primes;

/// A job whose answer is known without the kernels of this build: a fleet and a JVM that agree may both be wrong.
///
/// @param job   for a fleet
/// @param check holds its output against what it must be
record Known(Description job, Check check) {
    interface Check {
        /// @throws WrongAnswer when it is something else
        void check(Output output) throws IOException, WrongAnswer;
    }

    /// The number of primes up to each power of ten, <https://oeis.org/A006880>.
    private static final TreeMap<Long, Long> PRIMES = new TreeMap<>(Map.of(
            100_000_000L, 5_761_455L,
            1_000_000_000L, 50_847_534L,
            10_000_000_000L, 455_052_511L));

    private static final String MANDELBROT_SHA_256 = "1f9e3777887b8d0f0e548fefa596ebb54d547c670f120ecbffd51ba8a862e61b";

    /// What the formula of Black and Scholes gives for a European call with spot and strike 100, a rate of 0.05, a
    /// volatility of 0.2, and a year to go.
    private static final double BLACK_SCHOLES = 10.450583572185565;

    private static final double STANDARD_ERRORS_MAX = 5;
    private static final long PATHS = 1_000_000;

    /// One of the same kernel as a job, and no more work where the table allows.
    static Known of(Description job) {
        return switch (job) {
            case Primes primes -> primes(primes.to());
            case Mandelbrot _ -> mandelbrot();
            case MonteCarlo _ -> monteCarlo();
            default -> throw new IllegalArgumentException("no answer is known for " + job);
        };
    }

    /// The largest count of the table that takes no more numbers than `below`, or else the smallest.
    static Known primes(long below) {
        var entry = PRIMES.floorEntry(below);
        var known = entry == null ? PRIMES.firstEntry() : entry;
        return new Known(
                new Primes(0, known.getKey()),
                output -> Bench.check(
                        "the number of primes below " + known.getKey(),
                        output.text(),
                        Long.toString(known.getValue())));
    }

    /// A small picture, as this kernel drew it when a program in C drew the same, byte for byte.
    static Known mandelbrot() {
        return new Known(
                KernelType.of(Mandelbrot.class).parse(Map.of("width", "160", "height", "100")),
                output -> Bench.check("the digest of a picture", output.digest(), MANDELBROT_SHA_256));
    }

    static Known monteCarlo() {
        var contract = KernelType.of(MonteCarlo.class).parse(Map.of("paths", Long.toString(PATHS)));
        return new Known(
                contract,
                output -> checkPrice(contract.estimate(output.canonical().readAll(), PATHS)));
    }

    static void checkPrice(MonteCarlo.Estimate estimate) throws WrongAnswer {
        var price = estimate.mean().price();
        var error = estimate.error().price();
        // Not "greater": NaN is wrong.
        if (!(Math.abs(price - BLACK_SCHOLES) <= STANDARD_ERRORS_MAX * error)) {
            throw new WrongAnswer("the price of a European option is %s with a standard error of %s, must be %s"
                    .formatted(price, error, BLACK_SCHOLES));
        }
    }
}
