package millrace.tests.sim;

import java.util.ArrayList;
import java.util.List;
import millrace.tests.model.Isolation;

/// A process's place in a partition that it reads. It sees a record some time after it was written.
final class Reader<T> {
    final Tape<T> tape;
    private final Machine of;
    private final Isolation isolation;
    private long position;
    private long blindUntilMillis;

    Reader(Machine of, Tape<T> tape, Isolation isolation, long position) {
        this.of = of;
        this.tape = tape;
        this.isolation = isolation;
        this.position = position;
        of.world.faults.reader(this);
    }

    Machine machine() {
        return of;
    }

    /// Sees nothing before that time.
    void blind(long untilMillis) {
        blindUntilMillis = untilMillis;
    }

    /// What came since the last call.
    List<Tape.Line<T>> poll(int max) {
        var now = of.world.broker.nowMillis();
        if (!of.reaches() || now < blindUntilMillis) {
            return List.of();
        }
        var found = tape.read(position, isolation, max);
        var seen = new ArrayList<Tape.Line<T>>(found.size());
        for (var line : found) {
            if (line.atMillis() >= now) {
                position = line.offset();
                return seen;
            }
            seen.add(line);
            position = line.offset() + 1;
        }
        if (found.size() < max) {
            position = Math.max(position, end());
        }
        return seen;
    }

    /// Where it is: everything before has been polled.
    long position() {
        return position;
    }

    void seek(long offset) {
        position = offset;
    }

    long end() {
        return tape.log.endOffset(isolation);
    }
}
