package millrace.tests.chaos;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import millrace.proto.Ending;

/// What the customers did and what they were told. Any thread.
final class ClientLog {
    enum Action {
        SUBMIT,
        SUBMIT_AGAIN,
        CANCEL,
        PAUSE,
        RESUME,
        PRIORITY
    }

    enum Outcome {
        ACCEPTED,
        /// It may have happened, or not.
        UNKNOWN,
        REFUSED
    }

    record Entry(Instant time, Action action, String job, Outcome outcome, String detail) {}

    /// A job that a customer wanted.
    record Order(String job, Work work, int taskItems) {}

    private final List<Entry> entries = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, Order> orders = new ConcurrentHashMap<>();
    private final Map<String, Ending> endings = new ConcurrentHashMap<>();

    void order(Order order) {
        orders.put(order.job(), order);
    }

    Map<String, Order> orders() {
        return Map.copyOf(orders);
    }

    void add(Action action, String job, Outcome outcome, String detail) {
        entries.add(new Entry(Instant.now(), action, job, outcome, detail));
    }

    List<Entry> entries() {
        synchronized (entries) {
            return List.copyOf(entries);
        }
    }

    /// The entries of each job.
    Map<String, List<Entry>> byJob() {
        return entries().stream().collect(Collectors.groupingBy(Entry::job));
    }

    /// What a customer was told of a job's end.
    void ended(Ending ending) {
        endings.put(ending.job(), ending);
    }

    Optional<Ending> ending(String job) {
        return Optional.ofNullable(endings.get(job));
    }
}
