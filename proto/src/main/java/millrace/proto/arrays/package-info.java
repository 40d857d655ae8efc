/// Arrays of numbers as numpy keeps them in files: what kernels take and give.
@NullMarked
package millrace.proto.arrays;

import org.jspecify.annotations.NullMarked;
