package millrace.proto.kernels;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import millrace.proto.BadInput;
import millrace.proto.Blob;
import millrace.proto.Described;
import millrace.proto.Description;
import millrace.proto.ExactSum;
import millrace.proto.Join;
import millrace.proto.OutputSource;
import millrace.proto.Parameter;
import millrace.proto.Ranges;

/// Prices an option on an asset that follows a geometric Brownian motion, by simulation.
///
/// The output is a vector of six exact sums over the paths: payoff, delta and vega, none of them discounted, and
/// the squares of the three. Delta and vega are pathwise derivatives, except for barriers, whose payoff jumps:
/// there they are likelihood ratios (P. Glasserman, "Monte Carlo Methods in Financial Engineering", 2003, chapter
/// 7).
///
/// With a [Book] the output is instead a line of CSV for each contract.
@Described(
        name = "montecarlo",
        version = 2,
        summary = "Prices an option, or a book of them, by simulation, with delta, vega and standard errors.",
        item = "a path, or with --book a contract",
        intake = Book.Rows.class)
public record MonteCarlo(
        @Parameter(help = "what the option pays on", byDefault = "european")
        Payoff payoff,

        @Parameter(help = "to buy or to sell", byDefault = "call")
        Option option,

        @Parameter(help = "price of the asset today", byDefault = "100", min = "1e-6", max = "1e9")
        double spot,

        @Parameter(help = "price agreed on", byDefault = "100", min = "1e-6", max = "1e9")
        double strike,

        @Parameter(help = "risk-free rate, compounded", unit = "per year", byDefault = "0.05", min = "-1", max = "1")
        double rate,

        @Parameter(
                help = "volatility",
                unit = "per square root of a year",
                byDefault = "0.2",
                min = "0.0001",
                max = "3")
        double volatility,

        @Parameter(help = "dividend yield, compounded", unit = "per year", byDefault = "0", min = "-1", max = "1")
        double dividend,

        @Parameter(help = "time until it is paid", unit = "years", byDefault = "1", min = "0.0001", max = "50")
        double maturity,

        @Parameter(
                help =
                        "times at which the asset is looked at, evenly spaced, the last at maturity; european looks once",
                byDefault = "64",
                min = "1",
                max = "10000")
        int steps,

        @Parameter(help = "price that switches a barrier option; 0 for none", byDefault = "0", min = "0", max = "1e12")
        double barrier,

        @Parameter(help = "what touching the barrier does", byDefault = "up-and-out")
        Crossing crossing,

        @Parameter(help = "paths to simulate", byDefault = "10_000_000", min = "0", max = "1e12")
        long paths,

        @Parameter(help = "another seed gives other random numbers", byDefault = "0")
        long seed,

        @Parameter(
                help = "CSV of contracts, a column for each parameter that differs, perhaps one named id",
                optional = true)
        Blob book,

        @Parameter(help = "contracts of the book; follows from it", byDefault = "0", min = "0", max = "1000000")
        int contracts)
        implements Description {
    /// What the option pays on.
    public enum Payoff {
        /// The price at maturity.
        EUROPEAN,
        /// The arithmetic mean of the prices looked at.
        ASIAN,
        /// The geometric mean of the prices looked at.
        GEOMETRIC_ASIAN,
        /// The price at maturity, if the prices looked at touched a barrier or did not.
        BARRIER
    }

    /// Which right it gives.
    public enum Option {
        /// To buy at the strike.
        CALL,
        /// To sell at the strike.
        PUT
    }

    /// What touching the barrier does.
    public enum Crossing {
        UP_AND_OUT,
        UP_AND_IN,
        DOWN_AND_OUT,
        DOWN_AND_IN;

        /// Whether the barrier is above the spot.
        public boolean up() {
            return this == UP_AND_OUT || this == UP_AND_IN;
        }

        /// Whether touching it ends the option.
        public boolean out() {
            return this == UP_AND_OUT || this == DOWN_AND_OUT;
        }
    }

    /// The number of sums in the output.
    public static final int SUMS = 6;

    public MonteCarlo {
        if (book.isEmpty() && contracts != 0) {
            throw new BadInput("--contracts is %d, allowed: only 0 without --book".formatted(contracts));
        }
        if (book.isEmpty()) {
            requireBarrier(payoff, crossing, spot, barrier);
        }
    }

    /// One contract, without a book.
    public MonteCarlo(
            Payoff payoff,
            Option option,
            double spot,
            double strike,
            double rate,
            double volatility,
            double dividend,
            double maturity,
            int steps,
            double barrier,
            Crossing crossing,
            long paths,
            long seed) {
        this(
                payoff,
                option,
                spot,
                strike,
                rate,
                volatility,
                dividend,
                maturity,
                steps,
                barrier,
                crossing,
                paths,
                seed,
                Blob.EMPTY,
                0);
    }

    private static void requireBarrier(Payoff payoff, Crossing crossing, double spot, double barrier) {
        if (payoff != Payoff.BARRIER && barrier != 0) {
            throw new BadInput("--barrier is %s, allowed: only 0 unless --payoff is barrier".formatted(barrier));
        }
        if (payoff == Payoff.BARRIER && (crossing.up() ? barrier <= spot : barrier <= 0 || barrier >= spot)) {
            throw new BadInput("--barrier is %s, allowed: %s --spot, which is %s"
                    .formatted(barrier, crossing.up() ? "above" : "above 0 and below", spot));
        }
    }

    /// The times at which a path's price is looked at.
    public int looks() {
        return payoff == Payoff.EUROPEAN ? 1 : steps;
    }

    /// What one euro at maturity is worth today.
    double discount() {
        return StrictMath.exp(-rate * maturity);
    }

    @Override
    public long items() {
        return book.isEmpty() ? paths : contracts;
    }

    @Override
    public Join join() {
        return book.isEmpty() ? new Join.FloatSum(SUMS) : new Join.Concatenation();
    }

    @Override
    public String fileSuffix() {
        return book.isEmpty() ? ".txt" : ".csv";
    }

    /// What the paths say.
    ///
    /// @param mean  the estimate
    /// @param error its standard error; NaN with fewer than two paths
    public record Estimate(Greeks mean, Greeks error) {}

    /// Today's value and its derivatives.
    ///
    /// @param price of the option
    /// @param delta by the spot
    /// @param vega  by the volatility
    public record Greeks(double price, double delta, double vega) {}

    /// Reads an output.
    ///
    /// @param paths the number of paths in it
    public Estimate estimate(byte[] output, long paths) {
        var sums = ExactSum.decode(output);
        var mean = new double[SUMS / 2];
        var error = new double[SUMS / 2];
        for (var i = 0; i < mean.length; i++) {
            var sum = sums[i].doubleValue();
            var variance = (sums[mean.length + i].doubleValue() - sum * sum / paths) / (paths - 1.0);
            mean[i] = discount() * sum / paths;
            error[i] = discount() * Math.sqrt(Math.max(0, variance) / paths);
        }
        return new Estimate(new Greeks(mean[0], mean[1], mean[2]), new Greeks(error[0], error[1], error[2]));
    }

    /// The exact values, where there is a formula for them: without averages or with a geometric one.
    public Optional<Greeks> closedForm() {
        return switch (payoff) {
            case EUROPEAN, GEOMETRIC_ASIAN -> Optional.of(LogNormal.of(this).greeks());
            case ASIAN, BARRIER -> Optional.empty();
        };
    }

    @Override
    public void write(OutputSource output, Ranges done, OutputStream out) throws IOException {
        if (!book.isEmpty()) {
            out.write(Book.HEADER.getBytes(StandardCharsets.UTF_8));
            try (var lines = output.open()) {
                lines.transferTo(out);
            }
            return;
        }
        var text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s %s, %,d paths of %,d %s, seed %d\n",
                payoff.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                option.name().toLowerCase(Locale.ROOT),
                done.items(),
                looks(),
                looks() == 1 ? "step" : "steps",
                seed));
        if (done.items() > 0) {
            table(text, estimate(output.readAll(), done.items()));
        }
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void table(StringBuilder text, Estimate estimate) {
        var exact = closedForm();
        text.append(String.format("%-6s %16s %16s", "", "estimate", "standard error"))
                .append(exact.isPresent() ? String.format(" %16s %8s\n", "closed form", "z") : "\n");
        row(text, "price", estimate.mean.price, estimate.error.price, exact.map(Greeks::price));
        row(text, "delta", estimate.mean.delta, estimate.error.delta, exact.map(Greeks::delta));
        row(text, "vega", estimate.mean.vega, estimate.error.vega, exact.map(Greeks::vega));
    }

    private static void row(StringBuilder text, String name, double mean, double error, Optional<Double> exact) {
        text.append(String.format(Locale.ROOT, "%-6s %16.8f %16.8f", name, mean, error));
        exact.ifPresent(
                value -> text.append(String.format(Locale.ROOT, " %16.8f %8.2f", value, (mean - value) / error)));
        text.append('\n');
    }
}
