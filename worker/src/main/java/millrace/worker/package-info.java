@NullMarked
package millrace.worker;

import org.jspecify.annotations.NullMarked;
