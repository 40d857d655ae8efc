/// How a process shows how it is: metrics, and whether it is alive and ready, over HTTP. Micrometer is loaded only
/// where that is switched on.
@NullMarked
package millrace.proto.ops;

import org.jspecify.annotations.NullMarked;
