/// The proof that the model of Kafka is the broker: random scripts run on both, and what they show must agree.
@NullMarked
package millrace.tests.conformance;

import org.jspecify.annotations.NullMarked;
