/// The console: a picture of the whole fleet, folded from its topics, shown in a browser, and the few things that
/// people may change there.
@NullMarked
package millrace.aggregator.console;

import org.jspecify.annotations.NullMarked;
