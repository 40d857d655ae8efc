package millrace.aggregator.console;

import java.util.ArrayList;
import java.util.List;

/// How a figure went over time, in at most [#POINTS_MAX] points: when there would be more, every second one is
/// forgotten, so that a course of any length is kept whole, only coarser.
final class Course {
    static final int POINTS_MAX = 240;

    /// @param millis when, the console's clock
    /// @param value  the figure then
    /// @param rate   its change a second
    record Point(long millis, long value, double rate) {}

    private final List<Point> points = new ArrayList<>();
    private long stepMillis = 500;

    /// @param rate its change a second
    void add(long millis, long value, double rate) {
        if (!points.isEmpty() && millis - points.getLast().millis() < stepMillis) {
            return;
        }
        points.add(new Point(millis, value, rate));
        if (points.size() > POINTS_MAX) {
            for (var i = points.size() - 2; i > 0; i -= 2) {
                points.remove(i);
            }
            stepMillis *= 2;
        }
    }

    List<Point> points() {
        return List.copyOf(points);
    }
}
