/// A fleet of real processes under faults of every kind, and a checker that knows nothing of the product but its records.
@NullMarked
package millrace.tests.chaos;

import org.jspecify.annotations.NullMarked;
