@NullMarked
package millrace.producer;

import org.jspecify.annotations.NullMarked;
