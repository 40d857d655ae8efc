/// The whole fleet in one thread, on the model of Kafka and a clock of its own, with one seed for everything that
/// chance decides. Start at [World].
@NullMarked
package millrace.tests.sim;

import org.jspecify.annotations.NullMarked;
