@NullMarked
package millrace.aggregator;

import org.jspecify.annotations.NullMarked;
