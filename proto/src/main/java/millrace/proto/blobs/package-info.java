/// Where a fleet keeps its blobs: puts, finds, reads and removes them.
@NullMarked
package millrace.proto.blobs;

import org.jspecify.annotations.NullMarked;
