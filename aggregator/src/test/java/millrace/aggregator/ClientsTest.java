package millrace.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClientsTest {
    @Test
    void transactionHasTimeForAllThatItMayWrite() {
        assertThat(Clients.transactionTimeout(0)).isEqualTo(Duration.ofSeconds(30));
        assertThat(Clients.transactionTimeout(64 << 20)).isEqualTo(Duration.ofSeconds(63));
        assertThat(Clients.transactionTimeout(1 << 30)).isEqualTo(Duration.ofSeconds(566));
        assertThat(Clients.transactionTimeout(Long.MAX_VALUE))
                .as("brokers refuse more")
                .isEqualTo(Duration.ofMinutes(15));
    }
}
