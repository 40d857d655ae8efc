package millrace.tests;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/// One broker for all classes of whole-fleet tests, as [RunningBroker] has it, and the fleets that a class starts on it. When a test
/// fails, it shows what the processes of the class's fleets have said.
final class TestBroker
        implements BeforeAllCallback,
                AfterAllCallback,
                TestExecutionExceptionHandler,
                LifecycleMethodExecutionExceptionHandler {
    private static final AtomicInteger FLEETS = new AtomicInteger();

    private final List<TestFleet> fleets = new CopyOnWriteArrayList<>();
    private volatile String bootstrapServers = "";

    @Override
    public void beforeAll(ExtensionContext context) {
        bootstrapServers = context.getRoot()
                .getStore(ExtensionContext.Namespace.create(TestBroker.class))
                .computeIfAbsent("broker", _ -> RunningBroker.start(), RunningBroker.class)
                .bootstrapServers();
    }

    /// A new fleet, closed after the last test of the class at the latest.
    TestFleet fleet() {
        var fleet = new TestFleet(bootstrapServers, "fleet-" + FLEETS.incrementAndGet());
        fleets.add(fleet);
        return fleet;
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw withLogs(context, failure);
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw withLogs(context, failure);
    }

    private Throwable withLogs(ExtensionContext context, Throwable failure) {
        fleets.forEach(
                fleet -> System.err.println(context.getDisplayName() + " failed; its fleet said:\n" + fleet.logs()));
        return failure;
    }

    @Override
    public void afterAll(ExtensionContext context) {
        fleets.forEach(TestFleet::close);
    }
}
