/// The `millrace` command line, and the fleet that it embeds when there is no other: broker, producer and
/// aggregator in one process, workers in processes of their own.
///
/// [millrace.cli.Main] is where it starts, [millrace.cli.EmbeddedFleet] and [millrace.cli.EmbeddedBroker] are
/// for tests too. Commands are thin: they read options, ask [millrace.client.Millrace], and print.
@NullMarked
package millrace.cli;

import org.jspecify.annotations.NullMarked;
