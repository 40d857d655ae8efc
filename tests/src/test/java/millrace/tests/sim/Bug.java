package millrace.tests.sim;

import java.util.function.Supplier;

/// A planted bug.
///
/// @param name  what is wrong, as one would write in a report
/// @param harm  makes it anew for each world
/// @param seeds within so many seeds the simulation finds it
record Bug(String name, Supplier<Harm> harm, int seeds) {
    @Override
    public String toString() {
        return name;
    }
}
