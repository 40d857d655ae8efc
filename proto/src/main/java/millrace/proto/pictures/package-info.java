/// Photographs: read from PNG and JPEG files, cut into strips that tasks compute, written as PNG.
@NullMarked
package millrace.proto.pictures;

import org.jspecify.annotations.NullMarked;
