package millrace.tests.model;

import java.util.EnumSet;
import java.util.Set;

/// Which facts the model follows: all of them, but for the one that a test of the comparison took away.
final class Facts {
    private final Set<Fact> broken;

    private Facts(Set<Fact> broken) {
        this.broken = broken;
    }

    static Facts all() {
        return new Facts(EnumSet.noneOf(Fact.class));
    }

    static Facts without(Fact broken) {
        return new Facts(EnumSet.of(broken));
    }

    boolean hold(Fact fact) {
        return !broken.contains(fact);
    }
}
