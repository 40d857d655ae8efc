package millrace.tests;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LogbackServiceProvider;
import java.util.ServiceLoader;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.slf4j.SLF4JLoggerContext;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.SLF4JServiceProvider;

/// With two bindings, or with slf4j 1.7 that some libraries bring, logging is doubled or silently off.
final class LoggingTest {
    @Test
    void logbackIsTheOnlyBinding() {
        assertThat(ServiceLoader.load(SLF4JServiceProvider.class))
                .hasExactlyElementsOfTypes(LogbackServiceProvider.class);
        assertThat(LoggerFactory.getILoggerFactory()).isInstanceOf(LoggerContext.class);
    }

    @Test
    void whatTheBrokerLogsThroughLog4jGoesToSlf4j() {
        assertThat(LogManager.getContext(false)).isInstanceOf(SLF4JLoggerContext.class);
    }
}
