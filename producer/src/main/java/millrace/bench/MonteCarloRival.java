package millrace.bench;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import millrace.proto.ExactSum;
import millrace.proto.KernelType;
import millrace.proto.kernels.MonteCarlo;

/// A program in C that simulates the same paths with the same random numbers. Its sums are plain ones, which are
/// cheaper than the kernel's exact ones and depend on the order of the paths.
final class MonteCarloRival implements Rival {
    private static final double TOLERANCE = 1e-9;

    private final MonteCarlo.Payoff payoff;
    private final long paths;
    private final double floor;

    /// @param payoff that the program knows: european or asian
    /// @param floor  what its seconds over the kernel's should be at least, above 0
    MonteCarloRival(MonteCarlo.Payoff payoff, long paths, double floor) {
        this.payoff = payoff;
        this.paths = paths;
        this.floor = floor;
    }

    @Override
    public String name() {
        return "montecarlo, " + text();
    }

    private String text() {
        return payoff.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String program() {
        return "C";
    }

    @Override
    public double floor() {
        return floor;
    }

    @Override
    public Match prepare(Inputs inputs, NativePrograms programs)
            throws IOException, InterruptedException, MissingProgram {
        var texts = Map.of("payoff", text(), "paths", Long.toString(paths));
        var contract = KernelType.of(MonteCarlo.class).parse(texts);
        var command = Stream.of(
                        programs.compile("montecarlo"),
                        text(),
                        contract.spot(),
                        contract.strike(),
                        contract.rate(),
                        contract.volatility(),
                        contract.dividend(),
                        contract.maturity(),
                        contract.steps(),
                        contract.paths(),
                        contract.seed())
                .map(Object::toString)
                .toList();
        return new Match(contract, command, MonteCarloRival::check);
    }

    private static void check(byte[] value, NativeAnswer answer) throws IOException, WrongAnswer {
        var exact = ExactSum.decode(value);
        var plain = answer.numbers("Sums", MonteCarlo.SUMS);
        for (var i = 0; i < plain.length; i++) {
            var sum = exact[i].doubleValue();
            if (!(Math.abs(sum - plain[i]) <= TOLERANCE * Math.abs(sum))) {
                throw new WrongAnswer("sum %d over the paths is %s, must be %s".formatted(i, sum, plain[i]));
            }
        }
    }
}
