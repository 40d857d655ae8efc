package millrace.tests.chaos;

import java.util.ArrayList;
import java.util.List;

/// A place in the fleet that a process fills, one after the other.
record Post(Kind kind, int number) {
    /// What a process does.
    enum Kind {
        WORKER(4),
        PRODUCER(2),
        AGGREGATOR(2);

        private final int posts;

        Kind(int posts) {
            this.posts = posts;
        }

        String role() {
            return switch (this) {
                case WORKER -> "worker";
                case PRODUCER -> "producer";
                case AGGREGATOR -> "aggregator";
            };
        }
    }

    static List<Post> all(Kind kind) {
        var posts = new ArrayList<Post>();
        for (var number = 0; number < kind.posts; number++) {
            posts.add(new Post(kind, number));
        }
        return posts;
    }

    @Override
    public String toString() {
        return kind.role() + "-" + number;
    }
}
