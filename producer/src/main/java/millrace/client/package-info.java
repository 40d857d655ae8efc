/// The Java client: submits jobs to a fleet, follows them, and reads their outputs.
///
/// [millrace.client.Millrace] is where to start. Nothing here needs more than Kafka's client library; nothing
/// here computes: the math runs in workers.
@NullMarked
package millrace.client;

import org.jspecify.annotations.NullMarked;
