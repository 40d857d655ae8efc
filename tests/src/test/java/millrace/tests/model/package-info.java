/// Kafka 4.4 as far as Millrace uses it, in memory, in one thread, on a clock that the caller moves.
///
/// Start at [ModelKafka]. The simulated fleet runs on it; random scripts that run on it and on a real broker show
/// that the two behave alike.
@NullMarked
package millrace.tests.model;

import org.jspecify.annotations.NullMarked;
