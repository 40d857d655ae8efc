/// The descriptions of the kernels that come with Millrace: what one may ask for, and how its output is written.
@NullMarked
package millrace.proto.kernels;

import org.jspecify.annotations.NullMarked;
