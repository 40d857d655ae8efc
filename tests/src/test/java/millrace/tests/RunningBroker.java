package millrace.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import millrace.cli.EmbeddedBroker;
import org.testcontainers.kafka.KafkaContainer;

/// The broker of the whole-fleet tests, until the last one has ended. `-Dmillrace.broker=` says which: `embedded` (the
/// default) is in this JVM, `container` the image that people run. It prints which it is.
sealed interface RunningBroker extends AutoCloseable {
    /// Where clients reach it.
    String bootstrapServers();

    @Override
    void close() throws IOException;

    static RunningBroker start() {
        var which = System.getProperty("millrace.broker", "embedded");
        var broker = switch (which) {
            case "embedded" -> Embedded.start();
            case "container" -> Container.start();
            default ->
                throw new IllegalArgumentException("millrace.broker is " + which + ", allowed embedded or container");
        };
        System.out.println("The tests' broker: " + which + ", at " + broker.bootstrapServers());
        return broker;
    }

    /// In this JVM.
    record Embedded(EmbeddedBroker broker, Path folder) implements RunningBroker {
        private static Embedded start() {
            try {
                var folder = Files.createTempDirectory("millrace-tests-");
                return new Embedded(EmbeddedBroker.start(folder), folder);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public String bootstrapServers() {
            return broker.bootstrapServers();
        }

        @Override
        public void close() throws IOException {
            broker.close();
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
                    Files.delete(folder);
                    return FileVisitResult.CONTINUE;
                }
            });
        }
    }

    /// The image of docker-compose.yml, with its settings as they come but for what a single broker needs.
    record Container(KafkaContainer container) implements RunningBroker {
        private static final String IMAGE = "apache/kafka:4.4.0";

        private static Container start() {
            var container = new KafkaContainer(IMAGE)
                    .withEnv("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR", "1")
                    .withEnv("KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR", "1");
            container.start();
            return new Container(container);
        }

        @Override
        public String bootstrapServers() {
            return container.getBootstrapServers();
        }

        @Override
        public void close() {
            container.close();
        }
    }
}
