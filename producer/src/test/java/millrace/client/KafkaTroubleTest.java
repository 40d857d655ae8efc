package millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import millrace.proto.Cluster;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KafkaTroubleTest {
    private static final Cluster CLUSTER = Cluster.at("broker:9092", "millrace");

    static Stream<Arguments> troubles() {
        return Stream.of(
                arguments(new TimeoutException("t"), ExitCode.KAFKA, "cannot reach Kafka at broker:9092, to submit: t"),
                arguments(
                        new SaslAuthenticationException("bad password"),
                        ExitCode.KAFKA,
                        "Kafka at broker:9092 does not accept the credentials given: bad password;"
                                + " give others with --command-config"),
                arguments(
                        new TopicAuthorizationException("no"),
                        ExitCode.KAFKA,
                        "no right to submit at Kafka at broker:9092: no"),
                arguments(
                        new UnsupportedVersionException("v"),
                        ExitCode.KAFKA,
                        "Kafka at broker:9092 is too old, allowed: 4.3 and newer (v)"),
                arguments(
                        new KafkaException("Failed to construct", new ConfigException("acks", "7")),
                        ExitCode.USAGE,
                        "Kafka's client refuses its settings: Invalid value 7 for configuration acks"),
                arguments(
                        new ExecutionException(new InvalidTopicException("i")),
                        ExitCode.KAFKA,
                        "cannot submit at Kafka at broker:9092: i"));
    }

    @ParameterizedTest
    @MethodSource("troubles")
    void eachTroubleHasItsSentenceAndStatus(Exception trouble, ExitCode code, String message) {
        var refusal = KafkaTrouble.refusal(CLUSTER, "submit", trouble);

        assertThat(refusal).hasMessage(message);
        assertThat(refusal.code()).isEqualTo(code);
    }

    @Test
    void interruptKeepsItsFlag() {
        var refusal = KafkaTrouble.refusal(CLUSTER, "submit", new InterruptedException());

        assertThat(Thread.interrupted()).isTrue();
        assertThat(refusal.code()).isEqualTo(ExitCode.INTERRUPTED);
    }

    @Test
    void refusalStaysWhatItIs() {
        var refusal = new Refusal(ExitCode.NOT_FOUND, "gone");

        assertThat(KafkaTrouble.refusal(CLUSTER, "submit", new ExecutionException(refusal)))
                .isSameAs(refusal);
    }
}
