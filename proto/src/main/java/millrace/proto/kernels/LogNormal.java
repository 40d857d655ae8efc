package millrace.proto.kernels;

/// An option on a log-normal variable: the price at maturity (F. Black and M. Scholes, 1973) or the geometric mean
/// of prices (A. Kemna and A. Vorst, 1990, for finitely many of them).
///
/// The variable is `spot exp((rate - dividend - volatility^2 / 2) time + volatility sqrt(variance) Z)`.
///
/// @param contract what is priced
/// @param time     mean of the times looked at
/// @param variance of the mean of a Brownian motion at these times
record LogNormal(MonteCarlo contract, double time, double variance) {
    static LogNormal of(MonteCarlo contract) {
        var n = (double) contract.looks();
        return new LogNormal(
                contract,
                contract.maturity() * (n + 1) / (2 * n),
                contract.maturity() * (n + 1) * (2 * n + 1) / (6 * n * n));
    }

    MonteCarlo.Greeks greeks() {
        var volatility = contract.volatility();
        var drift = (contract.rate() - contract.dividend()) * time + volatility * volatility * (variance - time) / 2;
        var forward = contract.spot() * StrictMath.exp(drift);
        var deviation = volatility * Math.sqrt(variance);
        var d1 = StrictMath.log(forward / contract.strike()) / deviation + deviation / 2;
        var sign = contract.option() == MonteCarlo.Option.CALL ? 1 : -1;
        var inMeasure = sign * normal(sign * d1);
        var price = forward * inMeasure - contract.strike() * sign * normal(sign * (d1 - deviation));
        var density = StrictMath.exp(-d1 * d1 / 2) / Math.sqrt(2 * Math.PI);
        var vega = forward * (inMeasure * volatility * (variance - time) + density * Math.sqrt(variance));
        var discount = contract.discount();
        return new MonteCarlo.Greeks(
                discount * price, discount * forward / contract.spot() * inMeasure, discount * vega);
    }

    /// The standard normal distribution function, with an absolute error below 1e-15: its series around 0, and
    /// Laplace's continued fraction far out.
    static double normal(double x) {
        if (Math.abs(x) > 7) {
            var fraction = Math.abs(x);
            for (var i = 60; i > 0; i--) {
                fraction = Math.abs(x) + i / fraction;
            }
            var tail = StrictMath.exp(-x * x / 2) / (Math.sqrt(2 * Math.PI) * fraction);
            return x < 0 ? tail : 1 - tail;
        }
        var term = x;
        var sum = x;
        for (var i = 3; Math.abs(term) > 1e-18 * Math.abs(sum); i += 2) {
            term *= x * x / i;
            sum += term;
        }
        return 0.5 + sum * StrictMath.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }
}
