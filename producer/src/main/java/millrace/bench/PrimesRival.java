package millrace.bench;

import java.util.List;
import millrace.proto.Integers;
import millrace.proto.kernels.Primes;

/// primesieve by K. Walisch, which counts primes faster than anything else.
final class PrimesRival implements Rival {
    private static final long TO = 10_000_000_000L;

    @Override
    public String name() {
        return "primes";
    }

    @Override
    public String program() {
        return "primesieve";
    }

    @Override
    public double floor() {
        return 0.4;
    }

    @Override
    public Match prepare(Inputs inputs, NativePrograms programs) throws MissingProgram {
        var primesieve = programs.find("primesieve").toString();
        // It counts its end, too, which is no prime.
        return new Match(
                new Primes(0, TO),
                List.of(primesieve, "0", Long.toString(TO), "--count", "--threads=1", "--time", "--no-status"),
                (value, answer) -> Bench.check(
                        "the number of primes", Integers.decode(value)[0].longValueExact(), answer.integer("Primes")));
    }
}
