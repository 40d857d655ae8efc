package millrace.producer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.Test;

class QuestionsTest {
    private final HandClock clock = new HandClock();
    private final Questions questions = new Questions(clock);
    private int asked;

    @Test
    void answersComeThrough() {
        assertThat(answer(KafkaFuture.completedFuture(7))).isCompletedWithValue(7);
        assertThat(questions.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void fewFailuresChangeNothing() {
        for (var i = 0; i < 3; i++) {
            assertThat(answer(failed())).isCompletedExceptionally();
        }
        assertThat(answer(KafkaFuture.completedFuture(7))).isCompletedWithValue(7);
        assertThat(asked).isEqualTo(4);
    }

    @Test
    void refusalsAreAnswers() {
        for (var i = 0; i < 8; i++) {
            assertThat(answer(failed(new GroupIdNotFoundException("no such group"))))
                    .isCompletedExceptionally();
        }
        assertThat(questions.state()).isEqualTo(State.CLOSED);
        assertThat(asked).isEqualTo(8);
    }

    @Test
    void brokersInTroubleAreLeftInPeaceForAWhile() {
        breakDown();
        assertThat(questions.state()).isEqualTo(State.OPEN);
        assertThat(answer(KafkaFuture.completedFuture(7)))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(CallNotPermittedException.class);
        assertThat(asked).as("not asked").isEqualTo(4);
    }

    @Test
    void afterThePauseAnswersBringItBack() {
        breakDown();
        clock.now = clock.now.plus(Questions.PAUSE).plusMillis(1);
        assertThat(answer(KafkaFuture.completedFuture(1))).isCompletedWithValue(1);
        assertThat(answer(KafkaFuture.completedFuture(2))).isCompletedWithValue(2);
        assertThat(questions.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void afterThePauseFailuresBeginAnother() {
        breakDown();
        clock.now = clock.now.plus(Questions.PAUSE).plusMillis(1);
        assertThat(answer(failed())).isCompletedExceptionally();
        assertThat(answer(failed())).isCompletedExceptionally();
        assertThat(questions.state()).isEqualTo(State.OPEN);
    }

    private void breakDown() {
        for (var i = 0; i < 4; i++) {
            assertThat(answer(failed())).isCompletedExceptionally();
        }
    }

    private CompletableFuture<Integer> answer(KafkaFuture<Integer> answer) {
        return questions
                .ask(() -> {
                    asked++;
                    return answer;
                })
                .toCompletableFuture();
    }

    private static KafkaFuture<Integer> failed() {
        return failed(new TimeoutException("no answer"));
    }

    private static KafkaFuture<Integer> failed(Exception why) {
        var future = new KafkaFutureImpl<Integer>();
        future.completeExceptionally(why);
        return future;
    }

    /// Moves when it is told to.
    private static final class HandClock extends Clock {
        private Instant now = Instant.EPOCH;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
