package millrace.bench;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Something measured, once or several times.
///
/// @param name   what was measured
/// @param unit   of the values, "" for a ratio
/// @param values at least one, in the order of the runs
/// @param target what the median is held against
public record Figure(String name, String unit, List<Double> values, Optional<Target> target) {
    /// What a median should be.
    ///
    /// @param atLeast whether more is better
    /// @param bound   in the figure's unit
    public record Target(boolean atLeast, double bound) {
        boolean isMet(double value) {
            return atLeast ? value >= bound : value <= bound;
        }

        @Override
        public String toString() {
            return (atLeast ? "at least " : "at most ") + text(bound);
        }
    }

    public Figure {
        values = List.copyOf(values);
        if (values.isEmpty()) {
            throw new IllegalArgumentException(name + " was not measured");
        }
    }

    static Figure of(String name, String unit, List<Double> values) {
        return new Figure(name, unit, values, Optional.empty());
    }

    static Figure atLeast(double bound, String name, String unit, List<Double> values) {
        return new Figure(name, unit, values, Optional.of(new Target(true, bound)));
    }

    static Figure atMost(double bound, String name, String unit, List<Double> values) {
        return new Figure(name, unit, values, Optional.of(new Target(false, bound)));
    }

    /// This, held to a target.
    Figure atMost(double bound) {
        return atMost(bound, name, unit, values);
    }

    /// The share `p`, 0 to 1, of the values is not above it.
    static double quantile(List<Double> values, double p) {
        var sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.min(sorted.size() - 1L, Math.max(0, (long) Math.ceil(p * sorted.size()) - 1)));
    }

    /// The middle value; of an even number of values the mean of the two in the middle.
    public double median() {
        var sorted = values.stream().sorted().toList();
        var half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    public double min() {
        return quantile(values, 0);
    }

    public double max() {
        return quantile(values, 1);
    }

    /// Whether the median meets the target; a figure without one does.
    public boolean isMet() {
        return target.map(one -> one.isMet(median())).orElse(true);
    }

    /// Three significant digits, more before the point.
    static String text(double value) {
        var size = Math.abs(value);
        var format = size >= 100 || size == 0 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 0.1 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }
}
