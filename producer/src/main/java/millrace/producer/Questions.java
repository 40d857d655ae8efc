package millrace.producer;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The questions that the active producer asks the brokers once a second and oftener, behind a circuit breaker: when half
/// of the last ones failed it asks none for some seconds and then tries a few. Brokers that have trouble get no more of
/// it, and the log has a line for each change instead of one for each question. What sends and reads records is not
/// behind it: Kafka's clients try that again themselves.
///
/// Any thread may call it.
final class Questions {
    private static final Logger LOG = LoggerFactory.getLogger(Questions.class);

    static final Duration PAUSE = Duration.ofSeconds(2);

    private final CircuitBreaker breaker;

    /// @param clock for the pause
    Questions(Clock clock) {
        // A question may be open for 5 s, so four that fail are half a minute of trouble at the most. The pause is
        // as long as the feeder waits for an answer before it asks again.
        var config = CircuitBreakerConfig.custom()
                .slidingWindowSize(8)
                .minimumNumberOfCalls(4)
                .failureRateThreshold(50)
                .waitDurationInOpenState(PAUSE)
                .permittedNumberOfCallsInHalfOpenState(2)
                .recordException(Questions::isTrouble)
                .clock(clock)
                .build();
        breaker = CircuitBreaker.of("questions", config);
        breaker.getEventPublisher()
                .onStateTransition(change -> LOG.info(
                        "Questions to the brokers: {} -> {}",
                        change.getStateTransition().getFromState(),
                        change.getStateTransition().getToState()));
    }

    /// Asks, unless it pauses.
    ///
    /// @return the answer to come; it fails at once when nothing was asked
    <T> CompletionStage<T> ask(Supplier<KafkaFuture<T>> question) {
        return breaker.executeCompletionStage(() -> question.get().toCompletionStage());
    }

    // That there is no such group yet, or that it may not be asked about, is an answer.
    private static boolean isTrouble(Throwable failure) {
        return (failure instanceof CompletionException ? failure.getCause() : failure) instanceof RetriableException;
    }

    /// For meters.
    CircuitBreaker.State state() {
        return breaker.getState();
    }
}
