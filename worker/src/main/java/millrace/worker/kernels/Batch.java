package millrace.worker.kernels;

import java.util.Arrays;
import millrace.proto.ExactSum;
import millrace.proto.kernels.MonteCarlo;

/// [Normals#BATCH] paths of an asset at once, step by step, in loops that C2 makes vector code of; what happens to
/// a path does not depend on its batch. For one thread.
///
/// After k steps of length dt the asset has grown by `exp(drift k dt + volatility W)`, where the Brownian motion W
/// is the sum of the step's normal numbers times `sqrt(dt)`.
final class Batch {
    private static final int PATHS = Normals.BATCH;

    private final MonteCarlo contract;
    private final Normals normals;
    private final Elementary elementary = new Elementary(PATHS);

    private final int steps;
    private final double stepTime;
    private final double stepDeviation;
    private final double drift;
    private final double volatility;

    /// 1 for a call, -1 for a put.
    private final double sign;

    private final double[] z = new double[PATHS];
    private final double[] motion = new double[PATHS];
    private final double[] growth = new double[PATHS];

    // Sums over the steps: what the price averages, and what its derivative by the volatility does.
    private final double[] average = new double[PATHS];
    private final double[] slope = new double[PATHS];

    private final double[] payoff = new double[PATHS];
    private final double[] delta = new double[PATHS];
    private final double[] vega = new double[PATHS];
    private final double[] square = new double[PATHS];

    Batch(MonteCarlo contract) {
        this.contract = contract;
        normals = new Normals(contract.seed());
        steps = contract.looks();
        stepTime = contract.maturity() / steps;
        stepDeviation = Math.sqrt(stepTime);
        volatility = contract.volatility();
        drift = contract.rate() - contract.dividend() - volatility * volatility / 2;
        sign = contract.option() == MonteCarlo.Option.CALL ? 1 : -1;
    }

    /// Simulates the paths from `path` on, a multiple of their number.
    void run(long path) {
        Arrays.fill(motion, 0);
        Arrays.fill(average, 0);
        Arrays.fill(slope, 0);
        switch (contract.payoff()) {
            case EUROPEAN -> european(path);
            case ASIAN -> asian(path);
            case GEOMETRIC_ASIAN -> geometricAsian(path);
            case BARRIER -> barrier(path);
        }
    }

    /// Adds payoffs, deltas, vegas and their squares of the paths `[from, to)` of the batch, once after each run.
    void add(ExactSum[] sums, int from, int to) {
        add(payoff, from, to, sums[0], sums[3]);
        add(delta, from, to, sums[1], sums[4]);
        add(vega, from, to, sums[2], sums[5]);
    }

    private void add(double[] values, int from, int to, ExactSum sum, ExactSum squares) {
        square(values, square);
        sum.add(values, from, to);
        squares.add(square, from, to);
    }

    private static void square(double[] values, double[] square) {
        for (var i = 0; i < values.length; i++) {
            square[i] = values[i] * values[i];
        }
    }

    private void european(long path) {
        move(path, 0);
        grow(contract.maturity());
        for (var i = 0; i < PATHS; i++) {
            average[i] = growth[i];
            slope[i] = growth[i] * (motion[i] - volatility * contract.maturity());
        }
        pay(1);
    }

    private void asian(long path) {
        for (var step = 0; step < steps; step++) {
            move(path, step);
            var time = (step + 1) * stepTime;
            grow(time);
            look(growth, motion, volatility * time, average, slope);
        }
        pay(1.0 / steps);
    }

    private static void look(double[] growth, double[] motion, double shift, double[] average, double[] slope) {
        for (var i = 0; i < growth.length; i++) {
            average[i] += growth[i];
            slope[i] = Math.fma(growth[i], motion[i] - shift, slope[i]);
        }
    }

    private void geometricAsian(long path) {
        for (var step = 0; step < steps; step++) {
            move(path, step);
            for (var i = 0; i < PATHS; i++) {
                slope[i] += motion[i];
            }
        }
        var time = stepTime * (steps + 1) / 2;
        for (var i = 0; i < PATHS; i++) {
            motion[i] = slope[i] / steps;
        }
        grow(time);
        for (var i = 0; i < PATHS; i++) {
            average[i] = growth[i];
            slope[i] = growth[i] * (motion[i] - volatility * time);
        }
        pay(1);
    }

    /// The payoff jumps where a path touches the barrier, so its derivatives are those of the paths' density.
    private void barrier(long path) {
        var up = contract.crossing().up() ? 1 : -1;
        var level = up * StrictMath.log(contract.barrier() / contract.spot());
        Arrays.fill(average, Double.NEGATIVE_INFINITY);
        for (var step = 0; step < steps; step++) {
            move(path, step);
            var fall = drift * ((step + 1) * stepTime);
            for (var i = 0; i < PATHS; i++) {
                average[i] = Math.max(average[i], up * Math.fma(volatility, motion[i], fall));
                slope[i] += (z[i] * z[i] - 1) / volatility - z[i] * stepDeviation;
            }
            if (step == 0) {
                for (var i = 0; i < PATHS; i++) {
                    delta[i] = z[i] / (contract.spot() * volatility * stepDeviation);
                }
            }
        }
        grow(contract.maturity());
        for (var i = 0; i < PATHS; i++) {
            var alive = average[i] >= level != contract.crossing().out();
            payoff[i] = alive ? Math.max(0, sign * (contract.spot() * growth[i] - contract.strike())) : 0;
            delta[i] *= payoff[i];
            vega[i] = slope[i] * payoff[i];
        }
    }

    /// Moves every path by one step.
    private void move(long path, int step) {
        normals.fill(path, step, z);
        move(stepDeviation, z, motion);
    }

    private static void move(double deviation, double[] z, double[] motion) {
        for (var i = 0; i < motion.length; i++) {
            motion[i] = Math.fma(deviation, z[i], motion[i]);
        }
    }

    /// Finds by how much every path has grown at a time.
    private void grow(double time) {
        elementary.exp(volatility, motion, drift * time, growth);
    }

    /// Pays on the mean price, with its derivatives by the spot and by the volatility.
    private void pay(double weight) {
        var spot = contract.spot();
        var strike = contract.strike();
        for (var i = 0; i < PATHS; i++) {
            var mean = weight * average[i];
            payoff[i] = Math.max(0, sign * (spot * mean - strike));
            // 1 where it pays, else 0.
            var pays = sign * Math.signum(payoff[i]);
            delta[i] = pays * mean;
            vega[i] = pays * (spot * weight * slope[i]);
        }
    }
}
