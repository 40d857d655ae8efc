package millrace.client;

import java.util.concurrent.ExecutionException;
import millrace.proto.Cluster;
import millrace.proto.ExitCode;
import millrace.proto.Refusal;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/// What each kind of trouble with Kafka means for the person who asked: one place for all of them.
final class KafkaTrouble {
    private KafkaTrouble() {}

    /// @param doing what was tried: "submit job x"
    static Refusal refusal(Cluster cluster, String doing, Throwable trouble) {
        var cause = root(trouble);
        var where = "Kafka at " + cluster.bootstrapServers();
        return switch (cause) {
            case Refusal refusal -> refusal;
            case InterruptException _, InterruptedException _ -> {
                Thread.currentThread().interrupt();
                yield new Refusal(ExitCode.INTERRUPTED, "interrupted: " + doing, trouble);
            }
            case AuthenticationException _ ->
                new Refusal(
                        ExitCode.KAFKA,
                        where + " does not accept the credentials given: " + cause.getMessage()
                                + "; give others with --command-config",
                        trouble);
            case AuthorizationException _ ->
                new Refusal(
                        ExitCode.KAFKA, "no right to " + doing + " at " + where + ": " + cause.getMessage(), trouble);
            case UnsupportedVersionException _ ->
                new Refusal(
                        ExitCode.KAFKA,
                        where + " is too old, allowed: 4.3 and newer (" + cause.getMessage() + ")",
                        trouble);
            case ConfigException _ ->
                new Refusal(ExitCode.USAGE, "Kafka's client refuses its settings: " + cause.getMessage(), trouble);
            case RetriableException _ ->
                new Refusal(
                        ExitCode.KAFKA, "cannot reach " + where + ", to " + doing + ": " + cause.getMessage(), trouble);
            default ->
                new Refusal(ExitCode.KAFKA, "cannot " + doing + " at " + where + ": " + cause.getMessage(), trouble);
        };
    }

    // Clients wrap what happened: in ExecutionException, and when one is made, in KafkaException.
    private static Throwable root(Throwable trouble) {
        var cause = trouble.getCause();
        var wraps = trouble instanceof ExecutionException
                || trouble.getClass() == org.apache.kafka.common.KafkaException.class;
        return wraps && cause != null ? root(cause) : trouble;
    }
}
