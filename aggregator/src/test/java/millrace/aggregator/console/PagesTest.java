package millrace.aggregator.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import millrace.proto.Spread;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class PagesTest {
    private static ObjectNode times(long... nanos) {
        var counts = new Long[Spread.BUCKETS];
        Arrays.fill(counts, 0L);
        for (var one : nanos) {
            counts[Spread.bucket(one)]++;
        }
        var page = Json.object();
        var used = IntStream.of(Arrays.stream(nanos).mapToInt(Spread::bucket).toArray())
                .max();
        var spread = new Spread(
                Arrays.asList(counts).subList(0, used.orElse(-1) + 1),
                Arrays.stream(nanos).min().orElse(0),
                Arrays.stream(nanos).max().orElse(0));
        Pages.times(spread, page);
        return page;
    }

    @Test
    void barsCountTheTasksBetweenTheirEdges() {
        var page = times(1_000_000, 1_000_000, 1_200_000);

        assertThat(page.path("counts").toString()).isEqualTo("[2,0,1]");
        assertThat(page.path("edges").toString()).isEqualTo("[9.8304E-4,0.001048576,0.001179648,0.00131072]");
        assertThat(page.path("within").path("100").asDouble()).isEqualTo(0.0012);
        assertThat(page.path("within").path("50").asDouble()).isBetween(0.001, 0.001048576);
    }

    @Test
    void farApartTimesShareWiderBars() {
        var page = times(10, 1_000, 1_000_000, 1_000_000_000, 3_600_000_000_000L);

        var counts = page.path("counts");
        assertThat(counts.size()).isBetween(Pages.BARS_MAX / 2, Pages.BARS_MAX);
        assertThat(page.path("edges").size()).isEqualTo(counts.size() + 1);
        for (var seconds : new double[] {1e-8, 1e-6, 1e-3, 1, 3600}) {
            var bar = 0;
            while (page.path("edges").get(bar + 1).asDouble() <= seconds) {
                bar++;
            }
            assertThat(counts.get(bar).asLong())
                    .as("tasks around %s s", seconds)
                    .isEqualTo(1);
        }
    }

    @Test
    void noTasksHaveNoBars() {
        assertThat(times().path("counts").isEmpty()).isTrue();
    }
}
