@NullMarked
package millrace.cli;

import org.jspecify.annotations.NullMarked;
