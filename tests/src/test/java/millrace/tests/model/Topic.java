package millrace.tests.model;

import java.util.List;
import java.util.stream.IntStream;

/// A topic: a name and its partitions.
public final class Topic {
    private final String name;
    private final List<Log> logs;

    Topic(String name, int partitions, Facts facts) {
        this.name = name;
        this.logs = IntStream.range(0, partitions).mapToObj(p -> new Log(facts)).toList();
    }

    public String name() {
        return name;
    }

    public int partitions() {
        return logs.size();
    }

    /// The partition of that number, from 0.
    public Log partition(int partition) {
        return logs.get(partition);
    }

    List<Log> logs() {
        return logs;
    }
}
