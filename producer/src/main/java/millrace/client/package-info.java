@NullMarked
package millrace.client;

import org.jspecify.annotations.NullMarked;
