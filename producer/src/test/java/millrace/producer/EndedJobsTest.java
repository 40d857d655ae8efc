package millrace.producer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EndedJobsTest {
    private final EndedJobs ended = new EndedJobs();

    @Test
    void theLatestAreRememberedAndTheOldestForgotten() {
        var count = 2 * EndedJobs.LIMIT + 10;
        for (var i = 0; i < count; i++) {
            ended.add("job-" + i);
        }
        assertThat(IntStream.range(count - EndedJobs.LIMIT, count).filter(i -> !ended.contains("job-" + i)))
                .isEmpty();
        assertThat(ended.contains("job-0")).isFalse();
        assertThat(ended.contains("another")).isFalse();
    }

    @Test
    void oneThatEndsTwiceTakesOnePlace() {
        for (var i = 0; i < 2 * EndedJobs.LIMIT; i++) {
            ended.add("job-" + i % 100);
        }
        assertThat(ended.contains("job-0")).isTrue();
    }
}
